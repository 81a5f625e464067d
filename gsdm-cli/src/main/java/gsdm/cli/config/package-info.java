/**
 * Configuration: described keys by section ({@link gsdm.cli.config.Section}), layers of values over
 * their defaults ({@link gsdm.cli.config.ConfigurationBuilder}), the resolved {@link
 * gsdm.cli.config.Configuration} and its YAML file, and its binding to the libraries' records. May
 * import {@code gsdm.cli.error}, {@code gsdm.graph.problem}, {@code gsdm.tensor.io}, SnakeYAML
 * Engine and Jackson. Start reading at {@link gsdm.cli.config.ConfigurationBuilder}.
 */
package gsdm.cli.config;
