/**
 * Pictures and pages: curves, heat maps and masks as PNG, and the report that gathers a run. May
 * import {@code gsdm.cli.error}, {@code gsdm.cli.io}, XChart and AWT, headless. Start reading at
 * {@link gsdm.cli.plot.Report}.
 */
package gsdm.cli.plot;
