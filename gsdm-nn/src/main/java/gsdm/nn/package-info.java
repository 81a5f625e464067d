/**
 * Networks over the nodes of a model, and what trains and samples them, in rooms: {@code layout}
 * describes a model's variables, {@code network} what computes over them, {@code diffusion} how
 * values are noised and made clean again; {@code train}, {@code sample} and {@code checkpoint}
 * stand on those three, {@code reference} on all. Knows nothing of plates or problems. Start
 * reading at {@link gsdm.nn.network.Network}.
 */
package gsdm.nn;
