namespace RandomizedSmoothing.Cli.Completion;

/// <summary>
/// Completion scripts. Each asks the program itself, by the directive <c>[suggest:POSITION] "COMMAND LINE"</c>, so that a script
/// never goes out of date; where the program has nothing to offer, file names are completed.
/// </summary>
internal static class ShellScripts
{
    private const string Bash = """
        # rsmooth completion for bash. In ~/.bashrc:  source <(rsmooth completion bash)
        _rsmooth_complete() {
            local line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}" suggestions
            suggestions="$("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)"
            [[ "$word" == -* ]] || suggestions="$(grep -v '^[-/]' <<< "$suggestions")"
            mapfile -t COMPREPLY < <(compgen -W "$suggestions" -- "$word")
            if [ "${#COMPREPLY[@]}" -eq 0 ]; then
                compopt -o filenames 2>/dev/null
                mapfile -t COMPREPLY < <(compgen -f -- "$word")
            fi
        }
        complete -F _rsmooth_complete rsmooth

        """;

    private const string Zsh = """
        #compdef rsmooth
        # rsmooth completion for zsh. In ~/.zshrc, after compinit:  source <(rsmooth completion zsh)
        _rsmooth() {
            local line="${BUFFER[1,$CURSOR]}"
            local -a suggestions
            suggestions=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
            suggestions=(${suggestions:#})
            [[ "${words[CURRENT]}" == -* ]] || suggestions=(${suggestions:#[-/]*})
            compadd -- "${suggestions[@]}" || _files
        }
        compdef _rsmooth rsmooth

        """;

    private const string Fish = """
        # rsmooth completion for fish. Once:  rsmooth completion fish > ~/.config/fish/completions/rsmooth.fish
        function __rsmooth_complete
            set -l line (commandline -cp)
            set -l position (string length -- "$line")
            set -l word (commandline -ct)
            set -l found (rsmooth "[suggest:$position]" "$line" 2>/dev/null | string match -- "$word*")
            string match -q -- '-*' "$word"; or set found (string match -rv -- '^[-/]' $found)
            if set -q found[1]
                printf '%s\n' $found
            else
                __fish_complete_path "$word"
            end
        end
        complete -c rsmooth -f -a '(__rsmooth_complete)'

        """;

    private const string PowerShell = """
        # rsmooth completion for PowerShell. In $PROFILE:  rsmooth completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName rsmooth -ScriptBlock {
            param($word, $ast, $position)
            $line = $ast.ToString()
            # The cursor is counted from the start of all that is typed, which may be more than this command.
            $position -= $ast.Extent.StartOffset
            if ($position -gt $line.Length) { $line = $line.PadRight($position) }
            rsmooth "[suggest:$position]" "$line" 2>$null |
                Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }

        """;

    /// <summary>The shells there is a script for.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    /// <summary>The script of one of <see cref="Shells"/>.</summary>
    public static string For(string shell) =>
        shell switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => PowerShell,
        };
}
