package gsdm.tensor.backend;

/**
 * What no kernel of a device goes beyond, as measured on it.
 *
 * @param gigaflops of multiply-adds, two operations each, in billions a second
 * @param gigabytes read and written by copying memory, in billions a second
 */
public record Peaks(double gigaflops, double gigabytes) {}
