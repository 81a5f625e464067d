package gsdm.tensor.cpu.vector.attention;

/** What attention and its gradient are in double precision, from their definitions. */
final class AttentionReference {
    final double[] out;
    final double[] logSumExp;
    final double[] dQkv;
    private final AttentionCase test;
    private final int width;

    AttentionReference(AttentionCase test, boolean dense) {
        this.test = test;
        width = test.channels / test.heads;
        int rows = test.batch * test.nodes;
        out = new double[rows * test.channels];
        logSumExp = new double[rows * test.heads];
        dQkv = new double[rows * 3 * test.channels];
        for (int row = 0; row < rows; row++) {
            int node = row % test.nodes;
            int first = dense ? 0 : test.pointers[node];
            int[] asked = new int[(dense ? test.nodes : test.pointers[node + 1]) - first];
            for (int e = 0; e < asked.length; e++) {
                asked[e] = row - node + (dense ? e : test.columns[first + e]);
            }
            for (int head = 0; head < test.heads; head++) {
                attend(row, asked, head);
            }
        }
    }

    private void attend(int row, int[] asked, int head) {
        int channels = test.channels;
        int query = row * 3 * channels + head * width;
        int at = row * channels + head * width;
        double[] p = new double[asked.length];
        double largest = Double.NEGATIVE_INFINITY;
        for (int e = 0; e < p.length; e++) {
            int key = asked[e] * 3 * channels + channels + head * width;
            for (int d = 0; d < width; d++) {
                p[e] += (double) test.scale * test.qkv[query + d] * test.qkv[key + d];
            }
            largest = Math.max(largest, p[e]);
        }
        double total = 0;
        for (double score : p) {
            total += Math.exp(score - largest);
        }
        double lse = largest + Math.log(total);
        logSumExp[row * test.heads + head] = lse;
        double shared = 0;
        for (int e = 0; e < p.length; e++) {
            p[e] = Math.exp(p[e] - lse);
            int value = asked[e] * 3 * channels + 2 * channels + head * width;
            for (int d = 0; d < width; d++) {
                out[at + d] += p[e] * test.qkv[value + d];
                shared += p[e] * test.qkv[value + d] * test.dOut[at + d];
            }
        }
        for (int e = 0; e < p.length; e++) {
            int key = asked[e] * 3 * channels + channels + head * width;
            int value = key + channels;
            double dScore = -shared;
            for (int d = 0; d < width; d++) {
                dScore += (double) test.qkv[value + d] * test.dOut[at + d];
                dQkv[value + d] += p[e] * test.dOut[at + d];
            }
            dScore *= p[e] * test.scale;
            for (int d = 0; d < width; d++) {
                dQkv[query + d] += dScore * test.qkv[key + d];
                dQkv[key + d] += dScore * test.qkv[query + d];
            }
        }
    }
}
