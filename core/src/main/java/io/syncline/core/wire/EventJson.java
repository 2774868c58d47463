package io.syncline.core.wire;

import io.syncline.core.tree.Epoch;
import io.syncline.core.tree.ProjectId;
import java.util.List;
import java.util.Optional;

/** Messages on the event socket. */
final class EventJson {
    private EventJson() {}

    static void write(JsonWriter out, Event event) {
        out.beginObject();
        switch (event) {
            case Event.Subscribe(var projects, var transfers) -> {
                out.member("type", "subscribe")
                        .array("projects", projects, (o, project) -> o.text(project.value()));
                if (transfers) {
                    out.member("transfers", true);
                }
            }
            case Event.Progress(var transfer) -> {
                out.member("type", "transfer");
                TransferJson.writeMembers(out, transfer);
            }
            case Event.Head(var project, var epoch, var sequence, var news, var wanted) -> {
                out.member("type", "head")
                        .member("project", project.value())
                        .member("epoch", epoch.value())
                        .member("sequence", sequence)
                        .optional("news", news, TreeJson::writeChangesPage);
                if (wanted) {
                    out.member("wanted", true);
                }
            }
            case Event.Unsubscribed(var project) ->
                    out.member("type", "unsubscribed").member("project", project.value());
            case Event.Unknown(var type) ->
                    throw new IllegalStateException("an unknown event can't be sent: " + type);
        }
        out.endObject();
    }

    static Event read(JsonReader in) {
        String type = null;
        ProjectId project = null;
        Epoch epoch = null;
        Long sequence = null;
        List<ProjectId> projects = null;
        boolean transfers = false;
        boolean wanted = false;
        TransferJson transfer = new TransferJson();
        Optional<ChangesPage> news = Optional.empty();
        in.beginObject();
        while (in.nextMember()) {
            switch (in.member()) {
                case "type" -> type = in.text();
                case "project" -> project = in.text(ProjectId::new);
                case "epoch" -> epoch = in.text(Epoch::new);
                case "sequence" -> sequence = Members.readSequence(in);
                case "news" -> news = Optional.of(TreeJson.readChangesPage(in));
                case "projects" ->
                        projects = in.array(Limits.EVENT_PROJECTS_MAX, i -> i.text(ProjectId::new));
                case "transfers" -> transfers = in.bool();
                case "wanted" -> wanted = in.bool();
                default -> {
                    if (!transfer.take(in)) {
                        in.unknown();
                    }
                }
            }
        }
        String word = in.required("type", type);
        return switch (word) {
            case "subscribe" -> new Event.Subscribe(in.required("projects", projects), transfers);
            case "transfer" ->
                    new Event.Progress(transfer.transfer(in, in.required("project", project)));
            case "head" ->
                    new Event.Head(
                            in.required("project", project),
                            in.required("epoch", epoch),
                            in.required("sequence", sequence),
                            news,
                            wanted);
            case "unsubscribed" -> new Event.Unsubscribed(in.required("project", project));
            default -> new Event.Unknown(word);
        };
    }
}
