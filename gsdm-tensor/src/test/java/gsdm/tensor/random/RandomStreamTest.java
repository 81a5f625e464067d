package gsdm.tensor.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;

import org.junit.jupiter.api.Test;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongToDoubleFunction;

class RandomStreamTest {
    private static final int DRAWS = 1_000_000;
    private static final long KEY = RandomStream.seed(20);

    @Test
    void normalHasTheMomentsAndTailsOfTheStandardNormal() {
        double[] power = new double[7];
        int beyond1 = 0;
        int beyond3 = 0;
        int beyond4 = 0;
        for (int i = 0; i < DRAWS; i++) {
            double x = RandomStream.normal(KEY, i);
            double p = 1;
            for (int k = 1; k <= 6; k++) {
                p *= x;
                power[k] += p / DRAWS;
            }
            beyond1 += Math.abs(x) > 1 ? 1 : 0;
            beyond3 += Math.abs(x) > 3 ? 1 : 0;
            beyond4 += Math.abs(x) > 4 ? 1 : 0;
        }
        // Five standard errors each: Var x^k = (2k-1)!! - ((k-1)!!)^2.
        double unit = 5 / Math.sqrt(DRAWS);
        assertThat(power[1]).isCloseTo(0, within(unit));
        assertThat(power[2]).isCloseTo(1, within(unit * Math.sqrt(2)));
        assertThat(power[3]).isCloseTo(0, within(unit * Math.sqrt(15)));
        assertThat(power[4]).isCloseTo(3, within(unit * Math.sqrt(96)));
        assertThat(power[5]).isCloseTo(0, within(unit * Math.sqrt(945)));
        assertThat(power[6]).isCloseTo(15, within(unit * Math.sqrt(10395 - 225)));
        assertThat(beyond1 / (double) DRAWS).isCloseTo(0.3173105, within(5 * 4.66e-4));
        assertThat(beyond3 / (double) DRAWS).isCloseTo(0.0026998, within(5 * 5.2e-5));
        assertThat(beyond4 / (double) DRAWS).isCloseTo(6.334e-5, within(5 * 8e-6));
    }

    /** Each of the four places in a block must be normal by itself. */
    @Test
    void everyPlaceInABlockIsNormal() {
        for (int place = 0; place < 4; place++) {
            int[] buckets = new int[3];
            for (int i = 0; i < 200_000; i++) {
                float x = RandomStream.normal(KEY, 4L * i + place);
                // The thirds of the distribution.
                buckets[x < -0.4307273f ? 0 : x < 0.4307273f ? 1 : 2]++;
            }
            for (int count : buckets) {
                assertThat(count / 200_000.0).isCloseTo(1 / 3.0, within(5 * 0.00105));
            }
        }
    }

    @Test
    void boxMullerFactorsAreAccurate() {
        for (int i = 0; i < 200_000; i++) {
            int word = (int) RandomStream.bits(KEY, i);
            checkFactors(word >> (i % 32));
        }
        for (int edge : new int[] {0, 1, -1, -2, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            for (int delta = -2; delta <= 2; delta++) {
                checkFactors(edge + delta);
                checkFactors(edge + delta + 0x20000000);
                checkFactors(edge + delta + 0x40000000);
            }
        }
    }

    private static void checkFactors(int word) {
        double unsigned = Integer.toUnsignedLong(word);
        double radius = Math.sqrt(-2 * Math.log((unsigned + 0.5) * 0x1p-32));
        assertThat(BoxMuller.radius(word)).isCloseTo(radius, within(1e-9 * radius));
        double angle = 2 * Math.PI * 0x1p-32 * unsigned;
        assertThat(BoxMuller.sinOfTurn(word)).isCloseTo(Math.sin(angle), within(3e-9));
        assertThat(BoxMuller.cosOfTurn(word)).isCloseTo(Math.cos(angle), within(3e-9));
    }

    @Test
    void uniformsFillTheUnitInterval() {
        checkUniform(i -> RandomStream.uniform(KEY, i));
        checkUniform(i -> RandomStream.uniformDouble(KEY, i));
        checkUniform(i -> (RandomStream.bits(KEY, i) >>> 11) * 0x1p-53);
        checkUniform(i -> (RandomStream.bits(KEY, i) & 0xFFFFFFFFL) * 0x1p-32);
    }

    private static void checkUniform(LongToDoubleFunction draw) {
        int[] buckets = new int[16];
        double mean = 0;
        double min = 1;
        double max = 0;
        for (int i = 0; i < DRAWS; i++) {
            double u = draw.applyAsDouble(i);
            min = Math.min(min, u);
            max = Math.max(max, u);
            buckets[(int) (16 * u)]++;
            mean += u / DRAWS;
        }
        assertThat(min).isBetween(0.0, 1e-4);
        assertThat(max).isBetween(1 - 1e-4, Math.nextDown(1.0));
        assertThat(mean).isCloseTo(0.5, within(5 * Math.sqrt(1 / 12.0 / DRAWS)));
        assertThat(chiSquared(buckets)).isBetween(2.0, 45.0); // 15 degrees of freedom
    }

    @Test
    void belowIsUniformOverItsBound() {
        for (int bound : new int[] {1, 2, 13, 207}) {
            int[] buckets = new int[bound];
            for (int i = 0; i < 200_000; i++) {
                buckets[RandomStream.below(KEY, i, bound)]++;
            }
            double df = bound - 1;
            assertThat(chiSquared(buckets)).isCloseTo(df, within(6 * Math.sqrt(2 * df) + 10));
        }
        for (int i = 0; i < 10_000; i++) {
            assertThat(RandomStream.below(KEY, i, Integer.MAX_VALUE))
                    .isBetween(0, Integer.MAX_VALUE - 1);
        }
        assertThatThrownBy(() -> RandomStream.below(KEY, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found 0");
    }

    private static double chiSquared(int[] buckets) {
        double total = 0;
        for (int count : buckets) {
            total += count;
        }
        double expected = total / buckets.length;
        double sum = 0;
        for (int count : buckets) {
            sum += (count - expected) * (count - expected) / expected;
        }
        return sum;
    }

    @Test
    void neighboursKeysAndKindsAreUncorrelated() {
        long other = RandomStream.seed(21);
        for (int lag = 1; lag <= 8; lag++) {
            int d = lag;
            checkUncorrelated(
                    i -> RandomStream.normal(KEY, i), i -> RandomStream.normal(KEY, i + d));
            // Box-Muller pairs share a radius: squares show what plain correlation hides.
            checkUncorrelated(i -> square(KEY, i), i -> square(KEY, i + d));
        }
        checkUncorrelated(i -> RandomStream.normal(KEY, i), i -> RandomStream.normal(other, i));
        checkUncorrelated(
                i -> RandomStream.normal(KEY, i), i -> RandomStream.uniform(KEY, i) - 0.5);
        checkUncorrelated(
                i -> RandomStream.uniform(KEY, i) - 0.5,
                i -> RandomStream.uniformDouble(KEY, i) - 0.5);
        checkUncorrelated(
                i -> RandomStream.normal(RandomStream.fork(KEY, i), 0),
                i -> RandomStream.normal(RandomStream.fork(KEY, i + 1), 0));
        checkUncorrelated(
                i -> RandomStream.normal(RandomStream.fork(RandomStream.fork(KEY, 0), i), 0),
                i -> RandomStream.normal(RandomStream.fork(RandomStream.fork(KEY, 1), i), 0));
        checkUncorrelated(
                i -> RandomStream.normal(KEY, i),
                i -> RandomStream.normal(RandomStream.fork(KEY, 0), i));
    }

    private static double square(long key, long index) {
        double x = RandomStream.normal(key, index);
        return (x * x - 1) / Math.sqrt(2);
    }

    private static void checkUncorrelated(LongToDoubleFunction x, LongToDoubleFunction y) {
        int n = 200_000;
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < n; i++) {
            double a = x.applyAsDouble(i);
            double b = y.applyAsDouble(i);
            xy += a * b;
            xx += a * a;
            yy += b * b;
        }
        assertThat(xy / Math.sqrt(xx * yy)).isCloseTo(0, within(5.5 / Math.sqrt(n)));
    }

    @Test
    void forksAndSeedsDoNotCollide() {
        Set<Long> keys = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            keys.add(RandomStream.seed(i));
            for (int j = 0; j < 300; j++) {
                keys.add(RandomStream.fork(RandomStream.fork(KEY, i), j));
            }
        }
        assertThat(keys).hasSize(300 + 300 * 300);
        long ab = RandomStream.fork(RandomStream.fork(KEY, 1), 2);
        long ba = RandomStream.fork(RandomStream.fork(KEY, 2), 1);
        assertThat(ab).isNotEqualTo(ba);
    }

    /** Numbers that resuming, fixtures and other backends rely on: a change here breaks them. */
    @Test
    void numbersNeverChange() {
        assertThat(RandomStream.seed(0)).isEqualTo(0xade94caa415dcd93L);
        assertThat(RandomStream.fork(1, 2)).isEqualTo(0x3edf83fcc1d9ce46L);
        assertThat(hash(10_000)).isEqualTo(-7580061398261132975L);
    }

    @Test
    void bulkFillsGiveTheSingleDraws() {
        long[] firsts = {0, 1, 2, 3, 0xFFFFFFFFL * 4 - 5, -4097};
        int[] counts = {0, 1, 2, 3, 4, 5, 13, 207, 1027, 4096};
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment off = arena.allocate(4 * 4098, 64);
            for (MemorySegment floats : new MemorySegment[] {off, heap()}) {
                for (long first : firsts) {
                    for (int count : counts) {
                        checkFill(floats, first, count);
                    }
                }
            }
        }
    }

    private static MemorySegment heap() {
        return MemorySegment.ofArray(new float[4098]);
    }

    private static void checkFill(MemorySegment floats, long first, int count) {
        float[] normals = new float[count];
        float[] uniforms = new float[count];
        for (int i = 0; i < count; i++) {
            normals[i] = RandomStream.normal(KEY, first + i);
            uniforms[i] = RandomStream.uniform(KEY, first + i);
        }
        floats.fill((byte) 1);
        float untouched = floats.get(ValueLayout.JAVA_FLOAT, 0);
        RandomStream.fillNormal(KEY, first, floats, 4, count);
        assertThat(floats.asSlice(4, 4L * count).toArray(ValueLayout.JAVA_FLOAT))
                .isEqualTo(normals);
        RandomStream.fillUniform(KEY, first, floats, 4, count);
        assertThat(floats.asSlice(4, 4L * count).toArray(ValueLayout.JAVA_FLOAT))
                .isEqualTo(uniforms);
        assertThat(floats.get(ValueLayout.JAVA_FLOAT, 0)).isEqualTo(untouched);
        assertThat(floats.get(ValueLayout.JAVA_FLOAT, 4L + 4L * count)).isEqualTo(untouched);
    }

    @Test
    void fillsThatDoNotFitWriteNothing() {
        float[] array = new float[10];
        MemorySegment floats = MemorySegment.ofArray(array);
        assertThatThrownBy(() -> RandomStream.fillNormal(KEY, 0, floats, 4, 10))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> RandomStream.fillUniform(KEY, 0, floats, 0, -1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(array).containsOnly(0f);
    }

    @Test
    void nothingIsAllocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        MemorySegment floats = MemorySegment.ofArray(new float[4098]);
        draw(floats);
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int repeat = 0; repeat < 10; repeat++) {
            draw(floats);
        }
        // 80,000 draws: one object a draw, or a fill, would show; the measuring itself may not.
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1024);
    }

    private static void draw(MemorySegment floats) {
        RandomStream.fillNormal(KEY, 1, floats, 4, 4097);
        RandomStream.fillUniform(KEY, 1, floats, 4, 4097);
        for (int i = 0; i < 2000; i++) {
            long key = RandomStream.fork(KEY, i);
            float value = RandomStream.normal(key, i) + RandomStream.uniform(key, i);
            value += (float) RandomStream.uniformDouble(key, i);
            value += RandomStream.below(key, i, 7) + RandomStream.bits(key, i);
            floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
    }

    /** This process compiles the loop on the way; the child only interprets it. */
    @Test
    void interpreterAndCompilerGiveTheSameBits() throws Exception {
        int draws = 20_000;
        long expected = hash(draws);
        for (int repeat = 0; repeat < 20; repeat++) {
            assertThat(hash(draws)).isEqualTo(expected);
        }
        String classPath = location(RandomStream.class) + File.pathSeparator + location(Hash.class);
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xint",
                                "-cp",
                                classPath,
                                Hash.class.getName(),
                                Integer.toString(draws))
                        .redirectErrorStream(true)
                        .start();
        String output =
                new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(child.waitFor()).as(output).isZero();
        assertThat(output).isEqualTo(Long.toHexString(expected));
    }

    private static String location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }

    private static long hash(int draws) {
        return Hash.of(draws);
    }

    /** A digest of every kind of draw; the main class of the interpreted child. */
    static final class Hash {
        private Hash() {}

        static long of(int draws) {
            long key = RandomStream.seed(7);
            long hash = 0;
            float[] bulk = new float[draws];
            RandomStream.fillNormal(key, 1L << 40, MemorySegment.ofArray(bulk), 0, draws);
            for (int i = 0; i < draws; i++) {
                hash = 31 * hash + Float.floatToRawIntBits(RandomStream.normal(key, i));
                hash = 31 * hash + Float.floatToRawIntBits(RandomStream.uniform(key, i));
                hash = 31 * hash + Float.floatToRawIntBits(bulk[i]);
                hash = 31 * hash + Double.doubleToRawLongBits(RandomStream.uniformDouble(key, i));
                hash = 31 * hash + RandomStream.below(key, i, 1000);
                hash = 31 * hash + RandomStream.bits(RandomStream.fork(key, i), i);
            }
            return hash;
        }

        public static void main(String[] arguments) {
            System.out.println(Long.toHexString(of(Integer.parseInt(arguments[0]))));
        }
    }
}
