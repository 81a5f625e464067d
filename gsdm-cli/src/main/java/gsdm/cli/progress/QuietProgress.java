package gsdm.cli.progress;

/** Shows nothing. */
final class QuietProgress implements Progress {

    @Override
    public void update(long done, double value) {}

    @Override
    public void expect(long total) {}

    @Override
    public void close() {}
}
