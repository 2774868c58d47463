package io.syncline.client.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncline.client.libc.Libc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class LinuxDiskTest extends RealDiskContract {
    @Override
    Disk open(Path folder, InstantSource clock, RandomGenerator random) {
        return new SafeDisk(LinuxCalls.open(folder), clock, random);
    }

    @Override
    Calls calls() {
        return LinuxCalls.open(root());
    }

    @Test
    void systemCallsAreUsedHere() {
        assertThat(Libc.isAvailable()).isTrue();
        assertThat(disk.traits().exchange()).isTrue();
        assertThat(disk.traits().birthTimes()).isTrue();
        assertThat(disk.traits().mtimeGranularityNanos()).isEqualTo(1);
    }

    @Test
    @DisplayName("R27 a file of 1 TB that is a hole is copied to the trash as a hole")
    void holesStayHolesAcrossFileSystems() throws IOException {
        people.makeDirectory("mount");
        long size = 1L << 40;
        byte[] island = bytes("something in the middle");
        try (FileChannel file =
                FileChannel.open(
                        root().resolve("mount/f"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(island), size / 2);
            file.write(ByteBuffer.wrap(new byte[1]), size - 1);
        }
        try (Disk mounted = mounted(calls())) {
            Stat seen = mounted.stat(path("mount/f")).orThrow(path("mount/f"));
            Outcome.Done trashed = assertDone(mounted.trash(path("mount/f"), seen));
            LocalPath kept = trashed.kept().orElseThrow();
            try (ReadHandle copy = mounted.open(kept).orThrow(kept)) {
                assertThat(copy.stat().sizeBytes()).isEqualTo(size);
                var there = ByteBuffer.allocate(island.length);
                copy.read(there, size / 2);
                assertThat(there.array()).isEqualTo(island);
                assertThat(copy.nextData(0)).isGreaterThan(size / 2 - (1 << 20));
            }
        }
    }
}
