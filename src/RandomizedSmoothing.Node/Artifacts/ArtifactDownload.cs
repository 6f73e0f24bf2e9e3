using System.Net;
using System.Net.Http.Headers;

namespace RandomizedSmoothing.Node.Artifacts;

/// <summary>One attempt to get one file from one control node, from where an earlier attempt broke off.</summary>
/// <param name="http">Sends the request.</param>
/// <param name="address">The file's address.</param>
/// <param name="patience">After how long without a byte a node counts as dead, though its connection stands.</param>
internal sealed class ArtifactDownload(HttpMessageInvoker http, Uri address, TimeSpan patience)
{
    /// <summary>Writes and verifies the file.</summary>
    /// <returns>Null when it is in the cache now, otherwise why not; what was received stays for the next attempt.</returns>
    public string? Into(IncomingFile incoming, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            if (Receive(incoming, silence) is { } refusal)
            {
                return refusal;
            }
        }
        catch (Exception) when (silence.IsCancellationRequested)
        {
            cancellation.ThrowIfCancellationRequested();
            return $"sent nothing for {patience.TotalSeconds:0.#} s";
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return e.Message.TrimEnd('.');
        }

        return incoming.Accept() ? null : "sent other bytes than the digest says";
    }

    private string? Receive(IncomingFile incoming, CancellationTokenSource silence)
    {
        silence.CancelAfter(patience);
        using var stream = incoming.Resume();
        try
        {
            return Receive(stream, silence);
        }
        finally
        {
            // Of those who have nothing, nothing stays.
            if (stream.Length == 0)
            {
                incoming.Remove();
            }
        }
    }

    private string? Receive(FileStream stream, CancellationTokenSource silence)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (stream.Position > 0)
        {
            request.Headers.Range = new RangeHeaderValue(stream.Position, null);
        }

        using var answer = http.Send(request, silence.Token);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.OK:
                stream.SetLength(0);
                break;
            case HttpStatusCode.PartialContent when answer.Content.Headers.ContentRange?.From == stream.Position:
                break;
            case HttpStatusCode.RequestedRangeNotSatisfiable
                when answer.Content.Headers.ContentRange?.Length == stream.Position:
                // The earlier attempt had everything but the last word.
                return null;
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                stream.SetLength(0);
                return "has a file of another length; the next attempt starts afresh";
            case HttpStatusCode.NotFound:
                return "does not have it";
            default:
                return $"answered {(int)answer.StatusCode}";
        }

        using var body = answer.Content.ReadAsStream(silence.Token);
        // A blocking read knows no cancellation: closing the stream under it ends it.
        using var close = silence.Token.Register(body.Dispose);
        var buffer = new byte[1 << 17];
        int read;
        while ((read = body.Read(buffer)) > 0)
        {
            stream.Write(buffer.AsSpan(0, read));
            silence.Token.ThrowIfCancellationRequested();
            silence.CancelAfter(patience);
        }

        return null;
    }
}
