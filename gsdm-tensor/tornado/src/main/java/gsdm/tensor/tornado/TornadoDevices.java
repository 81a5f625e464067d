package gsdm.tensor.tornado;

import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** The devices that the SDK's drivers offer. */
final class TornadoDevices {
    /** What is wrong where TornadoVM runs and finds nothing to run on. */
    static final String NONE =
            "TornadoVM finds no device; is the GPU's driver installed, and does clinfo -l list it?";

    /** Set by the SDK's argument file: without it there is no runtime to ask. */
    private static final String STARTED = "tornado.load.runtime.implementation";

    /** Which device to take, as driver:device. */
    private static final String CHOSEN = "gsdm.tornado.device";

    /**
     * TornadoVM's own: what it announces and does not do here, and where in it something failed.
     */
    private static final Pattern OF_ITS_OWN =
            Pattern.compile(
                    "\\[WARNING] | Deoptimizing to sequential execution\\.|Bailout is disabled\\."
                            + "\\s*Reason: |Stacktrace:.*",
                    Pattern.DOTALL);

    /** Without it a kernel that fails is run as sequential Java, which gives wrong numbers. */
    private static final String NO_BAILOUT = "tornado.recover.bailout";

    private TornadoDevices() {}

    /**
     * A device and its number.
     *
     * @param number driver:device
     */
    record Numbered(String number, TornadoDevice device) {
        boolean isGpu() {
            return device.getDeviceType() == TornadoDeviceType.GPU;
        }

        boolean isOpenCl() {
            return device.getTornadoVMBackend() == TornadoVMBackendType.OPENCL;
        }

        /** What it is, through which driver, and how much memory it has. */
        @Override
        public String toString() {
            return "%s through %s, %.1f GiB"
                    .formatted(
                            device.getPhysicalDevice().getDeviceName().strip(),
                            device.getTornadoVMBackend(),
                            device.getMaxGlobalMemory() / (double) (1 << 30));
        }
    }

    /** Whether this Java was started with the SDK's arguments, and what gsdm needs beside them. */
    static boolean started() {
        return System.getProperty(STARTED) != null
                && "false".equalsIgnoreCase(System.getProperty(NO_BAILOUT));
    }

    /** All of them, those of the first driver first. */
    static List<Numbered> all() {
        List<Numbered> devices = new ArrayList<>();
        int drivers = TornadoRuntimeProvider.getTornadoRuntime().getNumBackends();
        for (int i = 0; i < drivers; i++) {
            var driver = TornadoRuntimeProvider.getTornadoRuntime().getBackend(i);
            for (int j = 0; j < driver.getNumDevices(); j++) {
                devices.add(new Numbered(i + ":" + j, driver.getDevice(j)));
            }
        }
        return devices;
    }

    /**
     * The one that was asked for, or the first GPU, of OpenCL's before others, or the first device
     * where there is no GPU.
     *
     * @param devices one or more
     * @throws IllegalArgumentException if the one asked for is not there
     */
    static Numbered chosen(List<Numbered> devices) {
        String chosen = System.getProperty(CHOSEN);
        if (chosen != null) {
            return devices.stream()
                    .filter(device -> device.number.equals(chosen))
                    .findFirst()
                    .orElseThrow(() ->
                            new IllegalArgumentException(
                                    "%s=%s is none of the devices %s"
                                            .formatted(
                                                    CHOSEN,
                                                    chosen,
                                                    devices.stream()
                                                            .map(Numbered::number)
                                                            .toList())));
        }
        return devices.stream()
                .filter(Numbered::isGpu)
                .min(Comparator.comparing(device -> !device.isOpenCl()))
                .orElse(devices.getFirst());
    }

    /**
     * What went wrong, in the words of whatever failed first, without a terminal's colours and what
     * is TornadoVM's own.
     */
    static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return OF_ITS_OWN.matcher(said.replaceAll("\u001b\\[[0-9;]*m", "")).replaceAll("").strip();
    }
}
