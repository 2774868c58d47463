package io.syncline.client.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class PortableDiskTest extends RealDiskContract {
    @Override
    Disk open(Path folder, InstantSource clock, RandomGenerator random) {
        return Disks.openPortable(folder, clock, random);
    }

    @Override
    Calls calls() {
        return PortableCalls.open(root());
    }

    @Test
    @DisplayName("R11 any other encoding of names than UTF-8 is refused")
    void otherEncodingsAreRefused() {
        assertThat(Disks.isUtf8("UTF-8")).isTrue();
        assertThat(Disks.isUtf8("utf8")).isTrue();
        assertThat(Disks.isUtf8("ANSI_X3.4-1968")).isFalse();
        assertThat(Disks.isUtf8("ISO-8859-1")).isFalse();
        assertThat(Disks.isUtf8("unknown")).isFalse();
    }
}
