package io.syncline.system.fuzz;

import io.syncline.client.daemon.ControlClient;
import io.syncline.client.daemon.DeviceHome;
import io.syncline.core.error.SynclineException;
import io.syncline.server.admin.AdminClient;
import io.syncline.storage.backup.BackupFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Our own files, as a disk, an editor or another version may leave them: they are read or refused,
 * and a person is told by a sentence, not by a trace.
 */
final class FilesTarget implements Target {
    private static final String ID = "00112233445566778899aabbccddeeff";

    private final Path link;
    private final Path control;
    private final Path admin;
    private final Path manifest;
    private final DeviceHome home;
    private final Path data;
    private final Path backups;

    FilesTarget(Path folder) throws IOException {
        Path device = folder.resolve("home");
        link = device.resolve("folders").resolve(ID).resolve("link.json");
        control = device.resolve("control.json");
        data = folder.resolve("data");
        admin = data.resolve("admin.json");
        backups = folder.resolve("backups");
        manifest =
                backups.resolve("backups").resolve("20260102T030405.678Z").resolve("manifest.json");
        BackupFolder.create(backups).close();
        for (Path file : List.of(link, control, admin, manifest)) {
            Files.createDirectories(file.getParent());
        }
        home = new DeviceHome(device);
    }

    @Override
    public String name() {
        return "files";
    }

    @Override
    public List<byte[]> samples() {
        return List.of(
                led(
                        0,
                        """
                        {"replica":"%s","folder":"/home/ada/f","server":"https://h:1","token":"t",\
                        "trusted":"/c.pem","device":"%s","deviceName":"d","account":"%s",\
                        "project":"%s","projectName":"p","role":"editor"}\
                        """
                                .formatted(ID, ID, ID, ID)),
                led(1, "{\"port\":1,\"token\":\"t\"}"),
                led(2, "{\"port\":1,\"token\":\"t\"}"),
                led(
                        3,
                        """
                        {"format":1,"made":"2026-01-02T03:04:05Z","program":"1","metadataBytes":1,\
                        "metadata":"%s","packs":1,"packBytes":1,"packList":"%s"}\
                        """
                                .formatted(ID + ID, ID + ID)));
    }

    private static byte[] led(int file, String json) {
        return ((char) file + json).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public long allocationMax(int inputBytes) {
        return (2L << 20) + 1_000L * inputBytes;
    }

    @Override
    public int briefly() {
        return 300;
    }

    @Override
    public void decode(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        List<Path> files = List.of(link, control, admin, manifest);
        int file = (input[0] & 0xFF) % files.size();
        Files.write(files.get(file), Arrays.copyOfRange(input, 1, input.length));
        try {
            switch (file) {
                case 0 -> home.links();
                case 1 -> ControlClient.of(home);
                case 2 -> AdminClient.of(data);
                default -> {
                    try (BackupFolder folder = BackupFolder.open(backups)) {
                        folder.list();
                    }
                }
            }
        } catch (SynclineException e) {
            Refusals.require(e.getMessage() != null, "a refusal without a reason");
        }
    }
}
