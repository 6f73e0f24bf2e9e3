using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Access;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Hosting;

/// <summary>The web server of a node: where it listens, its certificate, and how long and how much it listens to whom.</summary>
internal static class NodeServer
{
    private const long MostBodyBytes = 1 << 20;
    private const int MostConnections = 4096;
    private const int MostOfOneAddress = MostConnections / 4;

    public static void Configure(IWebHostBuilder web, NodeOptions options)
    {
        var certificate = options.HttpTls is { } files ? Load(files) : null;
        web.UseKestrelHttpsConfiguration();
        // A request is served on the pool thread that reads it: a node answers many small ones, and waking another thread for each
        // would cost more than the answer.
        web.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        web.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = MostConnections / 4;
            // Who sends headers or bodies a byte at a time is cut off.
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(1024, TimeSpan.FromSeconds(5));
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
            kestrel.Listen(
                Endpoint(options.Http),
                listen =>
                {
                    var share = new ConnectionShare(
                        MostOfOneAddress,
                        kestrel.ApplicationServices.GetRequiredService<TimeProvider>(),
                        kestrel.ApplicationServices.GetRequiredService<ILogger<ConnectionShare>>()
                    );
                    listen.Use(next => connection => share.ServeAsync(connection, next));
                    if (certificate is not null)
                    {
                        listen.UseHttps(
                            new HttpsConnectionAdapterOptions
                            {
                                ServerCertificate = certificate[0],
                                ServerCertificateChain = certificate,
                                HandshakeTimeout = TimeSpan.FromSeconds(10),
                            }
                        );
                    }
                }
            );
        });
    }

    /// <summary>A certificate with its key, and those between it and its authority.</summary>
    /// <exception cref="UserErrorException">The files are no certificate and its key.</exception>
    public static X509Certificate2Collection Load(CertificateFiles files)
    {
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
            // Some platforms cannot use a key that was never in a container.
            var own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(files.Certificate);
            chain[0].Dispose();
            chain[0] = own;
            return chain;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"The certificate {files.Certificate} with the key {files.Key} cannot be used: {e.Message} Both must be PEM, the key without a password.",
                e
            );
        }
    }

    private static IPEndPoint Endpoint(HostAndPort http) =>
        new(http.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(http.Host), http.Port);
}
