package io.syncline.system.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Changes inputs at random, as libFuzzer does, for runs that are to be the same every time. */
final class Mutator {
    private static final byte[] EDGES = {0, 1, 0x7f, (byte) 0x80, (byte) 0xff, '"', '{', '[', '/'};

    private final RandomGenerator random;
    private final List<byte[]> inputs;
    private final int bytesMax;

    /**
     * @param inputs at least one, to begin with
     * @param bytesMax of what is made
     */
    Mutator(RandomGenerator random, List<byte[]> inputs, int bytesMax) {
        this.random = random;
        this.inputs = List.copyOf(inputs);
        this.bytesMax = bytesMax;
    }

    /** The next input. */
    byte[] next() {
        byte[] bytes = any();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            bytes = change(bytes);
        }
        if (bytes.length <= bytesMax) {
            return bytes;
        }
        return Arrays.copyOf(bytes, bytesMax);
    }

    private byte[] any() {
        return inputs.get(random.nextInt(inputs.size())).clone();
    }

    private byte[] change(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt(256)};
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(8)) {
            case 0 -> bytes[at] = (byte) random.nextInt(256);
            case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> bytes[at] = EDGES[random.nextInt(EDGES.length)];
            case 3 -> bytes[at] += (byte) (random.nextInt(7) - 3);
            case 4 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 5 -> {
                return splice(bytes, at, at + random.nextInt(bytes.length - at), new byte[0]);
            }
            case 6 -> {
                byte[] other = any();
                int from = other.length == 0 ? 0 : random.nextInt(other.length);
                int to = from + random.nextInt(Math.min(64, other.length - from) + 1);
                return splice(bytes, at, at, Arrays.copyOfRange(other, from, to));
            }
            default -> {
                int to = at + random.nextInt(bytes.length - at);
                return splice(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
            }
        }
        return bytes;
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] with) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, from);
        out.writeBytes(with);
        out.write(bytes, to, bytes.length - to);
        return out.toByteArray();
    }
}
