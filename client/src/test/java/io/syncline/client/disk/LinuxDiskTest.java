package io.syncline.client.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.libc.Libc;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class LinuxDiskTest extends DiskContract {
    @Override
    Disk open(Path root, InstantSource clock, RandomGenerator random) {
        return new SafeDisk(LinuxCalls.open(root), clock, random);
    }

    @Override
    Calls calls(Path root) {
        return LinuxCalls.open(root);
    }

    @Test
    void systemCallsAreUsedHere() {
        assertThat(Libc.isAvailable()).isTrue();
        assertThat(disk.traits().exchange()).isTrue();
        assertThat(disk.traits().birthTimes()).isTrue();
        assertThat(disk.traits().mtimeGranularityNanos()).isEqualTo(1);
    }
}
