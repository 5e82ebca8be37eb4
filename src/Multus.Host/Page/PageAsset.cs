using System.IO.Compression;

namespace Multus.Host.Page;

/// <summary>A file of the page. It lies compressed in the assembly, and goes over the wire so.</summary>
/// <param name="Path">Where it is served.</param>
/// <param name="Resource">Its name in the assembly.</param>
/// <param name="ContentType">What it is.</param>
internal sealed record PageAsset(string Path, string Resource, string ContentType)
{
    /// <summary>All that a browser needs.</summary>
    public static IReadOnlyList<PageAsset> All { get; } =
    [
        new("/ui", "index.html", "text/html; charset=utf-8"),
        new("/ui/app.js", "app.js", "text/javascript; charset=utf-8"),
        new("/ui/app.css", "app.css", "text/css; charset=utf-8"),
        new("/ui/icon.svg", "icon.svg", "image/svg+xml"),
    ];

    /// <summary>What the page was made of: each build has another.</summary>
    public static string Stamp { get; } = ReadStamp();

    /// <summary>The file, compressed with gzip.</summary>
    public Stream Open() =>
        typeof(PageAsset).Assembly.GetManifestResourceStream($"page/{Resource}.gz")
        ?? throw new InvalidOperationException($"the page's {Resource} is not in the assembly");

    public async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ETag = $"\"{Stamp}\"";
        response.Headers.CacheControl = "no-cache";
        response.Headers.Vary = "Accept-Encoding";
        if (request.Headers.IfNoneMatch == response.Headers.ETag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = ContentType;
        await using var file = Open();
        if (request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            response.Headers.ContentEncoding = "gzip";
            response.ContentLength = file.Length;
            await file.CopyToAsync(response.Body, context.RequestAborted);
            return;
        }

        await using var plain = new GZipStream(file, CompressionMode.Decompress);
        await plain.CopyToAsync(response.Body, context.RequestAborted);
    }

    private static string ReadStamp()
    {
        using var file =
            typeof(PageAsset).Assembly.GetManifestResourceStream("page/stamp")
            ?? throw new InvalidOperationException("the page's stamp is not in the assembly");
        using var text = new StreamReader(file);
        return text.ReadToEnd().Trim();
    }
}
