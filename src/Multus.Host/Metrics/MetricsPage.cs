namespace Multus.Host.Metrics;

/// <summary>Answers <c>GET /metrics</c>, on the socket and on the port.</summary>
internal sealed class MetricsPage(NodeMetrics metrics, FiguresReader figures)
{
    public const string Path = "/metrics";

    private const string TextFormat = "text/plain; version=0.0.4; charset=utf-8";
    private const int UsualLength = 32 * 1024;

    public async Task AnswerAsync(HttpContext context)
    {
        metrics.Update(await figures.ReadWhatAnswersAsync(context.RequestAborted));
        using var text = new MemoryStream(UsualLength);
        await metrics.WriteAsync(text, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = TextFormat;
        context.Response.ContentLength = text.Length;
        await context.Response.Body.WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length), context.RequestAborted);
    }
}
