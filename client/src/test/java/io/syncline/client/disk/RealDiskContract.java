package io.syncline.client.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.io.TempDir;

/** The contract on the disk of this computer. */
abstract class RealDiskContract extends DiskContract {
    @TempDir Path folder;

    final Path root() {
        return folder.resolve("root");
    }

    abstract Disk open(Path path, InstantSource clock, RandomGenerator random);

    @Override
    final Disk open(String name, InstantSource clock, RandomGenerator random) {
        return open(folder.resolve(name), clock, random);
    }

    @Override
    final People people() throws IOException {
        return new RealPeople(Files.createDirectory(root()));
    }

    record RealPeople(Path root) implements People {
        private Path at(String path) {
            return root.resolve(path).normalize();
        }

        @Override
        public void write(String path, String content) throws IOException {
            Files.writeString(at(path), content);
        }

        @Override
        public String read(String path) throws IOException {
            return Files.readString(at(path));
        }

        @Override
        public OpenFile open(String path) throws IOException {
            FileChannel channel = FileChannel.open(at(path), StandardOpenOption.WRITE);
            return new OpenFile() {
                @Override
                public void write(String content) throws IOException {
                    channel.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)), 0);
                }

                @Override
                public void close() throws IOException {
                    channel.close();
                }
            };
        }

        @Override
        public void makeDirectory(String path) throws IOException {
            Files.createDirectory(at(path));
        }

        @Override
        public void symlink(String path, String target) throws IOException {
            Files.createSymbolicLink(at(path), Path.of(target));
        }

        @Override
        public void makePipe(String path) throws IOException {
            shell("mkfifo '" + path + "'");
        }

        @Override
        public void makeUndecodable() throws IOException {
            shell("printf x > \"$(printf 'bad\\377name')\"");
        }

        @Override
        public void move(String from, String to) throws IOException {
            Files.move(at(from), at(to), StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void delete(String path) throws IOException {
            Files.delete(at(path));
        }

        @Override
        public void setModificationTime(String path, long nanos) throws IOException {
            Files.setLastModifiedTime(at(path), FileTime.from(nanos, TimeUnit.NANOSECONDS));
        }

        @Override
        public boolean exists(String path) {
            return Files.exists(at(path), LinkOption.NOFOLLOW_LINKS);
        }

        @Override
        public int mode(String path) throws IOException {
            return 0777
                    & (int) Files.getAttribute(at(path), "unix:mode", LinkOption.NOFOLLOW_LINKS);
        }

        @Override
        public List<String> names(String path) throws IOException {
            try (var entries = Files.list(at(path))) {
                return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
            }
        }

        private void shell(String script) throws IOException {
            var process =
                    new ProcessBuilder("sh", "-c", script)
                            .directory(root.toFile())
                            .redirectErrorStream(true)
                            .start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.onExit().join().exitValue()).as(said).isZero();
        }
    }
}
