using Microsoft.Playwright;

namespace RandomizedSmoothing.Node.Tests.Dashboard;

/// <summary>
/// The rules of WCAG 2.2 AA that a machine can check on a page as it is shown: names, roles, order of headings, tables, contrast.
/// </summary>
internal static class Accessibility
{
    private const string Rules = """
        () => {
          const faults = [];
          const seen = e => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && e.getClientRects().length > 0;
          const all = selector => [...document.querySelectorAll(selector)].filter(seen);
          const show = e => e.outerHTML.replace(/\s+/g, ' ').slice(0, 110);
          const fault = (rule, e) => faults.push(`${rule}: ${show(e)}`);
          const text = e => (e?.innerText ?? e?.textContent ?? '').trim();
          const name = e => {
            const by = (e.getAttribute('aria-labelledby') ?? '').split(' ').map(id => text(document.getElementById(id))).join(' ').trim();
            const labels = [...(e.labels ?? [])].map(text).join(' ').trim();
            const images = [...e.querySelectorAll('img')].map(i => i.alt).join(' ').trim();
            return by || e.getAttribute('aria-label') || labels || text(e) || images || e.getAttribute('title') || '';
          };
          const controls = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=link], [tabindex]';
          for (const e of all(controls)) {
            if (e.tabIndex >= 0 && !e.matches('h1') && !name(e)) fault('a control without a name', e);
            if (e.tabIndex > 0) fault('a tab order of its own', e);
            if (e.tabIndex >= 0 && e.closest('[aria-hidden=true]')) fault('focus on what is hidden from readers', e);
          }
          for (const e of all('img')) if (!e.hasAttribute('alt')) fault('a picture without a text', e);
          for (const e of all('svg')) {
            const silent = e.closest('[aria-hidden=true]');
            if (!silent && !(e.getAttribute('role') === 'img' && (e.getAttribute('aria-label') ?? '').length > 20)) fault('a drawing without a text', e);
          }
          for (const e of all('progress, [role=progressbar]')) if (!name(e)) fault('a bar without a name', e);
          for (const table of all('table')) {
            const heads = [...table.querySelectorAll('th')];
            if (!heads.some(h => h.scope === 'col') || heads.some(h => !h.scope)) fault('a table without heads', table);
          }
          const headings = [...document.querySelectorAll('h1, h2, h3, h4')].filter(seen).map(h => [h, Number(h.tagName[1])]);
          if (headings.filter(h => h[1] === 1).length !== 1) faults.push(`${headings.filter(h => h[1] === 1).length} first headings`);
          headings.forEach(([h, level], at) => { if (at > 0 && level > headings[at - 1][1] + 1) fault('a heading level is skipped', h); });
          const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
          for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) faults.push(`the id ${id} twice`);
          if (!document.documentElement.lang) faults.push('no language');
          if (!document.title) faults.push('no title');
          if (document.querySelectorAll('main').length !== 1) faults.push('no one main part');

          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const rgba = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
          const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] / 255 + below[i] * (1 - top[3] / 255)).concat(255);
          const ground = e => {
            const layers = [];
            for (let at = e; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
            return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 255]);
          };
          const light = c => { const [r, g, b] = c.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          for (const e of all('body *')) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || e.closest('[disabled], .sr-only, .skip, script, style, option, title')) continue;
            const style = getComputedStyle(e);
            const below = ground(e);
            const ink = over(rgba(e.closest('svg') ? style.fill : style.color), below);
            const [a, b] = [light(ink), light(below)].sort((x, y) => y - x);
            const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && Number(style.fontWeight) >= 700);
            if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) fault(`contrast ${((a + 0.05) / (b + 0.05)).toFixed(2)}`, e);
          }
          return faults;
        }
        """;

    /// <summary>What is wrong with the page as it stands; empty is the aim.</summary>
    public static async Task<IReadOnlyList<string>> FaultsAsync(IPage page)
    {
        // Colours that fade are judged when they have arrived.
        await page.WaitForFunctionAsync("() => document.getAnimations().every(a => a.playState !== 'running')");
        return await page.EvaluateAsync<string[]>(Rules);
    }

    /// <summary>What has the focus, after so many presses of the tabulator: its name, and whether a ring shows it.</summary>
    public static async Task<IReadOnlyList<(string Name, bool Ring)>> TabAsync(IPage page, int presses)
    {
        var stops = new List<(string, bool)>();
        for (var press = 0; press < presses; press++)
        {
            await page.Keyboard.PressAsync("Tab");
            var stop = await page.EvaluateAsync<string[]>(
                """
                () => {
                  const e = document.activeElement;
                  const ring = [e, e.parentElement, ...(e.closest('.mud-input-control')?.querySelectorAll('*') ?? [])]
                    .some(x => { const s = getComputedStyle(x); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 || (x.matches('.mud-input-outlined-border') && parseFloat(s.borderTopWidth) >= 2); });
                  return [e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText ?? e.innerText ?? '', ring ? 'ring' : ''];
                }
                """
            );
            stops.Add((stop[0].Trim(), stop[1].Length > 0));
        }

        return stops;
    }
}
