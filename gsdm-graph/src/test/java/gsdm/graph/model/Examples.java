package gsdm.graph.model;

/** Models that several tests look at. */
final class Examples {
    private Examples() {}

    static GraphicalModel factorization(int rows, int cols, int rank) {
        return GraphicalModel.define(m -> {
            Plate i = m.plate("i", rows);
            Plate j = m.plate("j", cols);
            Plate k = m.plate("k", rank);
            Array a = m.normal("A", i, k);
            Array r = m.normal("R", j, k);
            Array c = m.let("C", a.at(i, k).times(r.at(j, k)), i, j, k);
            m.let("E", c.at(i, j, k).sum(k), i, j);
        });
    }

    /** A convolution of stride 2 with every product a node, a sum with bias, ReLU, and pooling. */
    static GraphicalModel convolution() {
        return GraphicalModel.define(m -> {
            Plate n = m.plate("n", 3);
            Plate v = m.ordered("v", 10);
            Plate u = m.ordered("u", 9);
            Plate y = m.ordered("y", 4);
            Plate x = m.ordered("x", 4);
            Plate o = m.plate("o", 2);
            Plate ky = m.ordered("ky", 3);
            Plate kx = m.ordered("kx", 2);
            Array image = m.uniform("image", 0, 1, n, v, u);
            Array w = m.uniform("W", -0.5, 0.5, o, ky, kx);
            Array b = m.normal("b", 0.5, 2, o);
            Array p =
                    m.let(
                            "P",
                            image.at(n, y.times(2).plus(ky), x.times(2).plus(kx).plus(1))
                                    .times(w.at(o, ky, kx)),
                            n,
                            o,
                            y,
                            x,
                            ky,
                            kx);
            Array s =
                    m.let(
                            "S",
                            p.at(n, o, y, x, ky, kx).sum(ky, kx).plus(b.at(o)).relu(),
                            n,
                            o,
                            y,
                            x);
            Plate py = m.ordered("py", 2);
            Plate px = m.ordered("px", 2);
            Plate dy = m.ordered("dy", 2);
            Plate dx = m.ordered("dx", 2);
            m.let(
                    "Q",
                    s.at(n, o, py.times(2).plus(dy), px.times(2).plus(dx)).max(dy, dx),
                    n,
                    o,
                    py,
                    px);
        });
    }

    /** A vector times another's sum: each element of the result reads all of the other. */
    static GraphicalModel outer(int rows, int cols) {
        return GraphicalModel.define(m -> {
            Plate i = m.plate("i", rows);
            Plate j = m.plate("j", cols);
            Array a = m.normal("A", i);
            Array b = m.normal("B", j);
            m.let("E", a.at(i).times(b.at(j)).sum(j), i);
        });
    }

    /** Every operation, a chain of elementwise arrays, a broadcast and a discrete array. */
    static GraphicalModel operations() {
        return GraphicalModel.define(m -> {
            Plate i = m.plate("i", 5);
            Plate j = m.plate("j", 300);
            Array d = m.categorical("D", 3, i);
            Array z = m.categorical("Z", 2, j);
            Array a = m.normal("A", i, j);
            Array b = m.let("B", a.at(i, j).tanh().minus(0.25).times(d.at(i)), i, j);
            Array c = m.let("C", b.here().max(a.here()).exp().plus(z.at(j)), i, j);
            Array f = m.let("F", d.at(i).times(2), i, j);
            m.let("G", c.at(i, j).mean(j).plus(a.at(i, Index.constant(7))), i);
            m.let("H", c.here().times(f.here()).max(i), j);
            m.discrete("K", 2, Expr.constant(1).minus(z.at(j)), j);
            m.let("L", a.at(i, j).sum(i, j));
        });
    }
}
