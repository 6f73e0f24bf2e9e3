namespace RandomizedSmoothing.Core.AccuracyLoss.DataBounds;

/// <summary>Maximum matching in a bipartite graph (Hopcroft, Karp 1973), O(E √V), without recursion.</summary>
internal sealed class BipartiteMatching
{
    private readonly int[] _offsets;
    private readonly int[] _targets;
    private readonly int[] _matchOfLeft;
    private readonly int[] _matchOfRight;
    private readonly int[] _level;
    private readonly int[] _next;

    /// <param name="offsets">Entry v is where the neighbours of left vertex v start; one more entry ends the last.</param>
    /// <param name="targets">Right vertices.</param>
    /// <param name="rightCount">The number of right vertices.</param>
    public BipartiteMatching(int[] offsets, int[] targets, int rightCount)
    {
        _offsets = offsets;
        _targets = targets;
        _matchOfLeft = new int[offsets.Length - 1];
        _matchOfRight = new int[rightCount];
        _level = new int[offsets.Length - 1];
        _next = new int[offsets.Length - 1];
        Array.Fill(_matchOfLeft, -1);
        Array.Fill(_matchOfRight, -1);
    }

    /// <summary>The size of a maximum matching.</summary>
    public int Size(CancellationToken cancellation)
    {
        var size = Greedy();
        while (Layer())
        {
            cancellation.ThrowIfCancellationRequested();
            Array.Copy(_offsets, _next, _next.Length);
            for (var left = 0; left < _matchOfLeft.Length; left++)
            {
                if (_matchOfLeft[left] < 0 && Augment(left))
                {
                    size++;
                }
            }
        }

        return size;
    }

    private int Greedy()
    {
        var size = 0;
        for (var left = 0; left < _matchOfLeft.Length; left++)
        {
            for (var e = _offsets[left]; e < _offsets[left + 1]; e++)
            {
                if (_matchOfRight[_targets[e]] < 0)
                {
                    (_matchOfLeft[left], _matchOfRight[_targets[e]]) = (_targets[e], left);
                    size++;
                    break;
                }
            }
        }

        return size;
    }

    /// <summary>Distances from the free left vertices along alternating paths; whether a free right vertex is reached.</summary>
    private bool Layer()
    {
        var queue = new Queue<int>();
        var found = false;
        for (var left = 0; left < _level.Length; left++)
        {
            _level[left] = _matchOfLeft[left] < 0 ? 0 : -1;
            if (_level[left] == 0)
            {
                queue.Enqueue(left);
            }
        }

        while (queue.TryDequeue(out var left))
        {
            for (var e = _offsets[left]; e < _offsets[left + 1]; e++)
            {
                var back = _matchOfRight[_targets[e]];
                if (back < 0)
                {
                    found = true;
                }
                else if (_level[back] < 0)
                {
                    _level[back] = _level[left] + 1;
                    queue.Enqueue(back);
                }
            }
        }

        return found;
    }

    private bool Augment(int root)
    {
        var path = new Stack<int>();
        path.Push(root);
        while (path.TryPeek(out var left))
        {
            if (_next[left] == _offsets[left + 1])
            {
                _level[left] = -1;
                path.Pop();
                if (path.TryPeek(out var parent))
                {
                    _next[parent]++;
                }

                continue;
            }

            var right = _targets[_next[left]];
            var back = _matchOfRight[right];
            if (back < 0)
            {
                Flip(path);
                return true;
            }

            if (_level[back] == _level[left] + 1)
            {
                path.Push(back);
            }
            else
            {
                _next[left]++;
            }
        }

        return false;
    }

    /// <summary>Matches every left vertex of the path along the edge it is on.</summary>
    private void Flip(Stack<int> path)
    {
        foreach (var left in path)
        {
            var right = _targets[_next[left]++];
            (_matchOfLeft[left], _matchOfRight[right]) = (right, left);
        }
    }
}
