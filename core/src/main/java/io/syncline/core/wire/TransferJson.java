package io.syncline.core.wire;

import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Node;
import io.syncline.core.tree.ProjectId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Transfers, on the event socket and in a list. */
public final class TransferJson {
    /** {@code GET …/transfers}: {@code {transfers: […]}}. */
    public static final JsonCodec<List<Transfer>> TRANSFERS =
            Members.list("transfers", TransferJson::writeOne, TransferJson::readOne);

    private @Nullable Long id;
    private Optional<DeviceId> device = Optional.empty();
    private Optional<String> deviceName = Optional.empty();
    private Transfer.@Nullable Direction direction;
    private long filesDone;
    private long filesTotal;
    private long bytesDone;
    private long bytesTotal;
    private long bytesPerSecond;
    private Optional<String> name = Optional.empty();
    private boolean ended;

    /** What is read of one transfer, member by member. */
    TransferJson() {}

    private static void writeOne(JsonWriter out, Transfer transfer) {
        out.beginObject();
        writeMembers(out, transfer);
        out.endObject();
    }

    /** Writes a transfer's members into an object begun. */
    static void writeMembers(JsonWriter out, Transfer transfer) {
        out.member("project", transfer.project().value())
                .member("transfer", transfer.id())
                .optional("device", transfer.device(), (o, device) -> o.text(device.value()))
                .optional("deviceName", transfer.deviceName(), JsonWriter::text)
                .member("direction", transfer.direction())
                .member("filesDone", transfer.files().done())
                .member("filesTotal", transfer.files().total())
                .member("bytesDone", transfer.bytes().done())
                .member("bytesTotal", transfer.bytes().total())
                .member("bytesPerSecond", transfer.bytesPerSecond())
                .optional("name", transfer.name(), JsonWriter::text);
        if (transfer.ended()) {
            out.member("ended", true);
        }
    }

    private static Transfer readOne(JsonReader in) {
        ProjectId project = null;
        TransferJson read = new TransferJson();
        in.beginObject();
        while (in.nextMember()) {
            if (in.member().equals("project")) {
                project = in.text(ProjectId::new);
            } else if (!read.take(in)) {
                in.unknown();
            }
        }
        return read.transfer(in, in.required("project", project));
    }

    /** Takes a member that belongs to a transfer, but for its project; false for any other. */
    boolean take(JsonReader in) {
        switch (in.member()) {
            case "transfer" -> id = number(in);
            case "device" -> device = Optional.of(in.device());
            case "deviceName" -> deviceName = Optional.of(in.text());
            case "direction" -> direction = in.word(Transfer.Direction.class);
            case "filesDone" -> filesDone = number(in);
            case "filesTotal" -> filesTotal = number(in);
            case "bytesDone" -> bytesDone = number(in);
            case "bytesTotal" -> bytesTotal = number(in);
            case "bytesPerSecond" -> bytesPerSecond = number(in);
            case "name" -> name = Optional.of(in.text());
            case "ended" -> ended = in.bool();
            default -> {
                return false;
            }
        }
        return true;
    }

    private static long number(JsonReader in) {
        return in.number(0, Node.MAX_SEQUENCE);
    }

    Transfer transfer(JsonReader in, ProjectId project) {
        long number = in.required("transfer", id);
        Transfer.Direction way = in.required("direction", direction);
        return in.make(() ->
                new Transfer(
                        project,
                        number,
                        device,
                        deviceName,
                        way,
                        new Transfer.Amount(filesDone, filesTotal),
                        new Transfer.Amount(bytesDone, bytesTotal),
                        bytesPerSecond,
                        name,
                        ended));
    }
}
