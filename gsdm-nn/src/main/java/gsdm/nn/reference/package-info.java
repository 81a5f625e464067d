/**
 * The reference implementation's runs: importing its state dicts by their own parameter names, and
 * comparing with recorded fixtures number by number. Imports {@code gsdm.nn} and {@code
 * gsdm.tensor}. Start reading at {@link gsdm.nn.reference.FixtureCheck}.
 */
package gsdm.nn.reference;
