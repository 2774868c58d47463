package io.syncline.system.sim;

import io.syncline.client.daemon.FolderStatus;
import io.syncline.client.daemon.SyncedFolder;
import io.syncline.client.disk.LocalPath;
import io.syncline.client.disk.memory.Faults;
import io.syncline.client.disk.memory.Traits;
import io.syncline.core.tree.Cursor;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import io.syncline.storage.event.HeadHint;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** One run: a server, some devices and people, and what happens to them. */
final class World {
    private static final long HOURS_OF_A_YEAR = 8_760;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** How long the world may need to come to rest when all is well again. */
    private static final Duration REST_MAX = Duration.ofHours(30);

    /** How long is waited for a device to be at rest before its power fails. */
    private static final Duration AT_REST_MAX = Duration.ofSeconds(20);

    /**
     * How long something may be held at rest: longer than what failed waits, is remembered, and
     * until the client looks next.
     */
    private static final Duration HELD_MAX = Duration.ofMinutes(20);

    /**
     * Times after which a server that nobody comes to is maintained: longer than anything is kept,
     * all in all, and what is condemned goes in steps.
     */
    private static final List<Duration> AGEING =
            List.of(
                    Duration.ofDays(100),
                    Duration.ofDays(100),
                    Duration.ofDays(100),
                    Duration.ofDays(100),
                    Duration.ofDays(2),
                    Duration.ofDays(2),
                    Duration.ofDays(2));

    private static final Duration LOOK = Duration.ofSeconds(20);

    /** Steps within which it comes to rest. */
    private static final long REST_STEPS_MAX = 2_000_000;

    /** Copies of devices in a world of them. */
    private static final int COPIES_MAX = 2;

    private static final int MONTHS = 4;

    /** What a person does before anybody follows, and the steps in which it is sent. */
    private static final int UNSEEN = 3;

    private static final int UNSEEN_STEPS = 500;

    /** Between two deletes of many, where they come one after the other (R28). */
    private static final Duration TRICKLE = Duration.ofSeconds(15);

    private static final int MAINTENANCE_STEPS = 2_000;

    /** Longer than an upload may pause. */
    private static final Duration PUT_AWAY = Duration.ofDays(2);

    /** How long the server takes to clean up, where it has to wait for others. */
    private static final Duration COLLECTION_MAX = Duration.ofSeconds(4);

    /** How many directories a client has looked into when the answer comes. */
    private static final int LOOKS_MAX = 12;

    /** How often, and how many hints of a lost history come late. */
    private static final int LATE_HINTS = 4;

    private static final int LATE_HINTS_MAX = 20;

    /** How long is waited for a commit to be sent. */
    private static final Duration SENT_MAX = Duration.ofSeconds(10);

    private static final int UNDO_STEPS_MAX = 3_000;

    /** How long a person waits for all to come to rest before going to another device. */
    private static final Duration TURN_MAX = Duration.ofMinutes(2);

    private final Kernel kernel;
    private final Trace trace;
    private final Network network;
    private final SimulatedServer server;
    private final List<SimulatedDevice> devices = new ArrayList<>();
    private final Saved saved = new Saved();
    private final Damage damage = new Damage();
    private final Climate climate;
    private final Optional<Identities> identities;
    private final People people;
    private final SplittableRandom seeds;
    private final Optional<RashClient> rash;
    private final int plannedDevices;
    private final Path scratch;
    private final Set<SimulatedDevice> isAway = new HashSet<>();

    /** In forked worlds, who is cut off since the server was backed up. */
    private Optional<SimulatedDevice> behind = Optional.empty();

    /** Whether that one alone is connected, to a server that was taken back. */
    private boolean isForked;

    /** What the server hinted at since it was backed up. */
    private final Deque<HeadHint> late = new ArrayDeque<>();

    /** Where the only person is. */
    private int at;

    /**
     * What a run is made from.
     *
     * @param devices at least 2
     * @param steps actions from outside
     */
    record Plan(long seed, int steps, int devices, Climate climate, List<Action> history) {
        /** The plan that belongs to a seed. */
        static Plan of(long seed, int steps, int devices) {
            return of(seed, steps, devices, Climate.MIXED);
        }

        /** The plan that belongs to a seed in that climate. */
        static Plan of(long seed, int steps, int devices, Climate climate) {
            return new Plan(
                    seed, steps, devices, climate, Action.history(seed, steps, devices, climate));
        }

        /** The same with another history. */
        Plan with(List<Action> other) {
            return new Plan(seed, steps, devices, climate, other);
        }
    }

    /**
     * What became of a run.
     *
     * @param failure the oracle that failed, and why
     * @param story what people did and what happened to them, in short
     */
    record Result(String hash, long steps, Optional<Failure> failure, List<String> story) {}

    /** What an oracle found. */
    record Failure(String oracle, String why) {}

    private World(Plan plan, Trace trace, Path scratch) {
        this.trace = trace;
        this.seeds = new SplittableRandom(plan.seed());
        this.climate = plan.climate();
        this.plannedDevices = plan.devices();
        this.scratch = scratch;
        this.kernel = new Kernel(seeds.split(), trace, START);
        this.server =
                new SimulatedServer(kernel, trace, seeds.nextLong(), plan.climate(), this::hint);
        this.network = new Network(kernel, trace, seeds.split(), server, plan.climate());
        this.identities =
                climate.hasOnePerson() && climate != Climate.TURNS
                        ? Optional.of(new Identities(new ServerTree(server)))
                        : Optional.empty();
        this.people = new People(saved, climate, identities, this::pass);
        for (int i = 0; i < plan.devices(); i++) {
            String name = "device" + i;
            boolean readOnly = i > 1 && seeds.nextInt(3) == 0;
            var device = server.addDevice(name, readOnly ? Role.VIEWER : Role.EDITOR);
            var made =
                    new SimulatedDevice(
                            kernel,
                            trace,
                            server,
                            network,
                            network.new Line(name, device.token()),
                            name,
                            readOnly,
                            climate.brakeNodes(),
                            traits(i),
                            seeds.nextLong(),
                            scratch.resolve(name));
            if (climate == Climate.PLUGGED) {
                made.plug(seeds.nextBoolean());
            }
            if (climate == Climate.FOLLOWED && i != at) {
                server.watch().follows(device.token());
            }
            if (!made.traits().executableBit()) {
                server.watch().keepsNoBit(device.token());
            }
            devices.add(made);
        }
        this.rash =
                climate.factor(Action.Kind.RASH) > 0
                        ? Optional.of(rashClient(seeds.nextLong()))
                        : Optional.empty();
    }

    private RashClient rashClient(long seed) {
        Secret token = server.addDevice("rash", Role.EDITOR).token();
        Secret viewer = server.addDevice("viewer", Role.VIEWER).token();
        server.chronicle().isStranger(token);
        return new RashClient(
                kernel,
                server,
                network.new Line("rash", token),
                network.new Line("viewer", viewer),
                saved,
                seed);
    }

    private Traits traits(int device) {
        if (isForeign(device)) {
            return foreign(seeds);
        }
        Traits kind = traits(seeds);
        return climate == Climate.AFTERWARDS ? kind.order(Traits.Order.ANY) : kind;
    }

    private boolean isForeign(int device) {
        return climate == Climate.FOREIGN
                || climate == Climate.TURNS
                || (climate.hasOnePerson() && climate != Climate.FOLLOWED && device > 0);
    }

    private static Traits foreign(SplittableRandom random) {
        return switch (random.nextInt(5)) {
            case 0 -> Traits.apfs();
            case 1 -> Traits.hfsPlus();
            case 2 -> Traits.ntfs();
            case 3 -> Traits.fat32();
            default -> traits(random);
        };
    }

    private void pass(int steps) {
        long until = kernel.steps() + steps;
        var _ = kernel.runUntil(() -> kernel.steps() >= until);
    }

    private static Traits traits(SplittableRandom random) {
        Traits kind =
                switch (random.nextInt(4)) {
                    case 0 -> Traits.posix();
                    case 1 -> Traits.ext4().plain();
                    default -> Traits.ext4();
                };
        return random.nextInt(4) == 0 ? kind.timestampStepNanos(1_000_000_000) : kind;
    }

    private void hint(HeadHint hint) {
        if (climate == Climate.FORKED && late.size() < LATE_HINTS_MAX) {
            late.addLast(hint);
        }
        Cursor head = new Cursor(hint.epoch(), hint.sequence());
        for (SimulatedDevice device : devices) {
            device.hint(head, hint.news());
            network.twice()
                    .ifPresent(later -> kernel.after(later, () -> device.hint(head, hint.news())));
        }
    }

    /** Runs the plan to its end, or until an oracle fails. */
    static Result run(Plan plan, Trace trace, Path scratch) {
        World world = new World(plan, trace, scratch);
        Optional<Failure> failure = world.run(plan.history());
        Result result = new Result(trace.hash(), world.kernel.steps(), failure, trace.story());
        world.kernel.end();
        return result;
    }

    private Optional<Failure> run(List<Action> history) {
        try {
            devices.forEach(SimulatedDevice::start);
            for (Action action : history) {
                long until = kernel.steps() + action.gapSteps();
                boolean alive = kernel.runUntil(() -> kernel.steps() >= until);
                if (!alive && kernel.failure().isPresent()) {
                    break;
                }
                devices.forEach(SimulatedDevice::look);
                devices.forEach(SimulatedDevice::check);
                happens(action);
            }
            if (kernel.failure().isEmpty()) {
                heal();
                Map<String, String> left = devices.get(at).tree();
                rest();
                if (kernel.failure().isEmpty()) {
                    return oracles()
                            .judge()
                            .or(() -> damage.judge(new ServerTree(server).everSent(), saved))
                            .or(() -> stands(left))
                            .or(() -> identities.flatMap(Identities::judge))
                            .or(this::held)
                            .or(this::aged);
                }
            }
            return kernel.failure().map(World::failure);
        } catch (RuntimeException e) {
            Throwable why = kernel.failure().orElse(e);
            return Optional.of(failure(why));
        }
    }

    /** What one person did whom nobody interfered with is as it was left (R8, R23). */
    private Optional<Failure> stands(Map<String, String> left) {
        Map<String, String> now = devices.get(at).tree();
        return !climate.hasOnePerson() || now.equals(left)
                ? Optional.empty()
                : Optional.of(new Failure("stands", "left as " + left + "\n  and is " + now));
    }

    /** L9: soon nobody holds in memory what was there for something that is over. */
    private Optional<Failure> held() {
        long end = kernel.nanos() + HELD_MAX.toNanos();
        List<String> held = oracles().held();
        while (!held.isEmpty() && kernel.nanos() < end) {
            pass(LOOK);
            if (kernel.failure().isPresent()) {
                return kernel.failure().map(World::failure);
            }
            held = oracles().held();
        }
        return above("a client holds at rest", held);
    }

    /** L9: a server to which nobody comes keeps what is live, and holds nothing in memory. */
    private Optional<Failure> aged() {
        Map<String, Long> atRest = server.holdings();
        devices.forEach(SimulatedDevice::kill);
        for (Duration time : AGEING) {
            letPass(time);
            server.maintainNow();
            if (kernel.failure().isPresent()) {
                return kernel.failure().map(World::failure);
            }
        }
        List<String> stored = oracles().stored();
        Map<String, Long> inTheEnd = server.holdings();
        server.kill();
        server.start();
        Map<String, Long> atFirst = server.holdings();
        return above("a server that nobody comes to stores", stored)
                .or(() -> above("the server holds at rest", oracles().held(atRest, atFirst)))
                .or(() -> above("the server holds", oracles().held(inTheEnd, atFirst)));
    }

    private static Optional<Failure> above(String what, List<String> above) {
        return above.isEmpty()
                ? Optional.empty()
                : Optional.of(new Failure("L9", what + " " + String.join(", ", above)));
    }

    private static Failure failure(Throwable why) {
        return why instanceof Violation violation
                ? new Failure(violation.oracle(), String.valueOf(violation.getMessage()))
                : new Failure("defect", describe(why));
    }

    @SuppressWarnings("ReferenceEquality")
    private static String describe(Throwable why) {
        StringBuilder text = new StringBuilder(why.toString());
        int frames = 0;
        for (Throwable at = why; at != null && frames < 60; at = at.getCause()) {
            if (at != why) {
                text.append("\n  caused by ").append(at);
            }
            for (StackTraceElement frame : at.getStackTrace()) {
                if (frames++ >= 60) {
                    break;
                }
                text.append("\n    at ").append(frame);
            }
        }
        return text.toString();
    }

    private void happens(Action action) {
        var random = new SplittableRandom(action.seed());
        boolean alone = climate.hasOnePerson() && isPersons(action.kind());
        SimulatedDevice device = devices.get(alone ? at : action.device());
        if (isAway.contains(device)
                && action.kind() != Action.Kind.EDIT
                && action.kind() != Action.Kind.AWAY
                && action.kind() != Action.Kind.SEASON) {
            return;
        }
        if (action.kind() != Action.Kind.EDIT) {
            trace.told("world", action.kind() + " " + device.name());
        }
        if (isPersons(action.kind()) || action.kind() == Action.Kind.DISK) {
            device.disturbed();
        }
        switch (action.kind()) {
            case EDIT -> {
                if (climate == Climate.FOLLOWED && random.nextInt(3) == 0) {
                    actUnseen(device, random);
                } else if (!device.isUnplugged()) {
                    people.act(device, random);
                    damage.touched(device, new ServerTree(server)::everSent);
                }
            }
            case KILL -> {
                device.kill();
                device.start();
            }
            case RESTART -> {
                device.stop();
                device.kill();
                device.start();
            }
            case POWER_CUT -> cutPower(device);
            case LOSE_STATE -> {
                if (device.isTakenForNew()) {
                    return;
                }
                device.kill();
                loseState(device);
                device.start();
            }
            case CUT -> {
                device.line().cut(!device.line().isCut());
                device.disconnect();
            }
            case DISCONNECT -> device.disconnect();
            case WEATHER ->
                    network.weather(
                            random.nextInt(3) == 0
                                    ? Network.Weather.FINE
                                    : Network.Weather.any(random));
            case SERVER_KILL -> {
                server.kill();
                devices.forEach(SimulatedDevice::disconnect);
                server.start();
            }
            case SERVER_DOWN -> {
                if (server.isRunning()) {
                    server.kill();
                    devices.forEach(SimulatedDevice::disconnect);
                } else {
                    server.start();
                }
            }
            case BACK_UP -> server.backUp();
            case GO_BACK -> {
                server.goBack();
                devices.forEach(SimulatedDevice::disconnect);
                devices.forEach(SimulatedDevice::disturbed);
            }
            case FORK -> fork(random);
            case MAINTAIN -> server.maintain();
            case LATE_COMMIT -> rash.ifPresent(client -> commitLate(client, random));
            case DISK -> breakDisk(device, random);
            case SLOW -> device.slow(random.nextBoolean() ? 0 : random.nextDouble() / 5);
            case INSIDE_OUT -> {
                var _ = isAtRestSoon(device);
                people.turnInsideOut(device, random);
            }
            case SWEEP -> {
                boolean slowly = random.nextBoolean();
                people.sweep(device, random, () -> pass(slowly ? TRICKLE : Duration.ZERO));
            }
            case HASTE -> device.hasten(random.nextInt(4) == 0 ? 0 : 0.25, hasty(device, random));
            case SUDDEN -> {
                boolean power = random.nextBoolean() && climate.factor(Action.Kind.POWER_CUT) > 0;
                int fate = random.nextInt(4);
                int changes = random.nextInt(30);
                SimulatedDevice.Moment[] moments = SimulatedDevice.Moment.values();
                SimulatedDevice.Moment moment =
                        climate.factor(Action.Kind.HASTE) > 0
                                ? moments[random.nextInt(moments.length)]
                                : SimulatedDevice.Moment.RENAME;
                // Then the state alone knows what the temporary is (R6).
                boolean losesState =
                        fate < (moment == SimulatedDevice.Moment.EXCHANGE ? 2 : 1)
                                && climate.factor(Action.Kind.LOSE_STATE) > 0;
                device.suddenly(
                        changes,
                        moment,
                        hasty(device, random),
                        () -> {
                            trace.told(
                                    "world",
                                    (power ? "power cut " : "killed ")
                                            + device.name()
                                            + " suddenly");
                            if (power) {
                                cutPower(device);
                            } else {
                                device.kill();
                                if (losesState) {
                                    loseState(device);
                                }
                                device.start();
                            }
                        });
            }
            case PLUG -> {
                // Where the folder never was anything it can't be told that it is away.
                if (device.isUnplugged() || device.isMarked()) {
                    device.replug(device.isUnplugged());
                }
            }
            case LATE_CUT -> {
                var _ = isAtRestSoon(device);
                cutPower(device);
            }
            case LOCK -> {
                device.locked(true);
                people.lock(device, random);
            }
            case IGNORE -> people.ignore(device, random);
            case OLD_STATE -> {
                device.kill();
                if (random.nextInt(3) == 0) {
                    device.takeStateBack();
                } else {
                    device.keepState();
                }
                device.start();
            }
            case WATCHER ->
                    device.watcher()
                            .ifPresent(watcher -> {
                                if (random.nextBoolean()) {
                                    watcher.overflow("simulated");
                                } else {
                                    watcher.delay(Duration.ofMillis(random.nextInt(3_000)));
                                }
                            });
            case CLOCK ->
                    device.jump(
                            Duration.ofMillis(
                                    (random.nextLong(-3_600_000, 3_600_000)
                                                    >> random.nextInt(0, 20))
                                            * (random.nextInt(8) == 0 ? HOURS_OF_A_YEAR : 1)));
            case CLONE -> copy(device);
            case AWAY -> away(device);
            case SEASON -> season(random);
            case UNDO -> undo(device, random);
            case FLEET ->
                    device.fleet(
                            random.nextInt(3) == 0 ? 0 : 0.25,
                            (path, _) -> people.fleet(device, path, random));
            case AGAIN ->
                    device.fleet(
                            random.nextInt(3) == 0 ? 0 : 0.2,
                            (path, _) -> again(device, path, random));
            case MEANWHILE -> meanwhile(device, random);
            case HIDE -> device.hidden(people.hide(device, random));
            case TURN -> turn(action.device());
            case TIME -> {
                long end = kernel.nanos() + climate.pause(random).toNanos();
                var _ = kernel.runUntil(() -> kernel.nanos() >= end);
            }
            case RASH -> rash.ifPresent(client -> client.act(random));
            case ANSWER -> answer(device, climate.hasOnePerson() ? 2 : random.nextInt(4));
        }
    }

    private Oracles oracles() {
        return new Oracles(
                server, devices, saved, climate == Climate.AWAY, climate.damagedShare() > 0);
    }

    /**
     * Somebody saves the file that the client is about to touch, or takes the name that it gives.
     */
    private SimulatedDevice.Haste hasty(SimulatedDevice device, SplittableRandom random) {
        return (path, other) -> {
            people.act(device, path, other, random);
            damage.touched(device, new ServerTree(server)::everSent);
        };
    }

    /** A person does more than one thing, and sends it, before anybody follows. */
    private void actUnseen(SimulatedDevice device, SplittableRandom random) {
        List<SimulatedDevice> followers =
                devices.stream().filter(other -> !other.equals(device)).toList();
        followers.forEach(other -> other.line().cut(true));
        for (int i = 0; i < UNSEEN; i++) {
            people.act(device, random);
            pass(UNSEEN_STEPS);
        }
        for (SimulatedDevice other : followers) {
            other.line().cut(false);
            other.disconnect();
        }
    }

    /** A person goes on with what the client has just looked into, which is on its way by then. */
    private void again(SimulatedDevice device, LocalPath path, SplittableRandom random) {
        kernel.after(
                Duration.ofMillis(random.nextLong(1L << random.nextInt(13))),
                () -> {
                    if (!device.isUnplugged()) {
                        people.again(device, path, random);
                    }
                });
    }

    /**
     * A new file is saved again, or goes, while its commit isn't answered yet; the answer is there
     * in the moment in which the client looks what became of it (R22).
     */
    private void meanwhile(SimulatedDevice device, SplittableRandom random) {
        if (device.isUnplugged()) {
            return;
        }
        Optional<LocalPath> made = people.make(device, random);
        if (made.isEmpty()) {
            return;
        }
        Network.Line line = device.line();
        line.hold(true);
        long sent = kernel.nanos() + SENT_MAX.toNanos();
        var _ = kernel.runUntil(() -> kernel.nanos() >= sent || line.isHolding());
        people.again(device, made.get(), random);
        device.watcher().ifPresent(watcher -> watcher.overflow("simulated"));
        var looks = new AtomicInteger(random.nextInt(1, LOOKS_MAX));
        device.fleet(
                1,
                (_, _) -> {
                    if (looks.decrementAndGet() == 0) {
                        line.hold(false);
                    }
                });
        long seen = kernel.nanos() + SENT_MAX.toNanos();
        var _ = kernel.runUntil(() -> kernel.nanos() >= seen || !line.isHolding());
        device.fleet(0, SimulatedDevice.Haste.NONE);
        line.hold(false);
    }

    /**
     * The server is backed up, and a device that knows what it had until then is cut off. Next, it
     * is taken back, and only that device is connected: it makes another history, while hints of
     * the lost one arrive (R2).
     */
    private void fork(SplittableRandom random) {
        devices.forEach(device -> device.line().cut(false));
        if (isForked) {
            isForked = false;
            return;
        }
        if (behind.isEmpty()) {
            behind = Optional.of(devices.get(random.nextInt(2)));
            server.backUp();
            late.clear();
        } else {
            isForked = true;
            server.goBack();
            devices.forEach(SimulatedDevice::disturbed);
        }
        SimulatedDevice one = behind.get();
        devices.forEach(device -> device.line().cut(isForked != device.equals(one)));
        devices.forEach(SimulatedDevice::disconnect);
        if (isForked) {
            behind = Optional.empty();
            for (HeadHint hint : late) {
                for (int i = 0; i < LATE_HINTS; i++) {
                    kernel.after(
                            Duration.ofMillis(random.nextLong(1L << random.nextInt(10, 18))),
                            () -> tell(hint));
                }
            }
        }
    }

    /**
     * A device is put away between sending a file and committing it; days later it goes on, in the
     * moment in which the server cleans up (R10).
     */
    private void commitLate(RashClient client, SplittableRandom random) {
        client.send(random);
        letPass(PUT_AWAY);
        kernel.after(
                Duration.ofMillis(random.nextLong(COLLECTION_MAX.toMillis())), client::commitSent);
        server.maintain();
    }

    private void tell(HeadHint hint) {
        Cursor head = new Cursor(hint.epoch(), hint.sequence());
        devices.forEach(device -> device.hint(head, hint.news()));
    }

    private static boolean isPersons(Action.Kind kind) {
        return switch (kind) {
            case EDIT, INSIDE_OUT, HASTE, UNDO, AGAIN, MEANWHILE, FLEET, HIDE -> true;
            default -> false;
        };
    }

    /** The device's folder, and what its client knows, are on another machine as well. */
    private void copy(SimulatedDevice device) {
        if (devices.size() >= plannedDevices + COPIES_MAX) {
            return;
        }
        String name = "copy" + devices.size();
        device.stop();
        SimulatedDevice copy =
                device.copied(
                        name,
                        network.new Line(name, device.line().token()),
                        seeds.nextLong(),
                        scratch.resolve(name));
        devices.add(copy);
        device.start();
        copy.start();
    }

    /** The device is put away, or comes back. */
    private void away(SimulatedDevice device) {
        if (isAway.remove(device)) {
            device.start();
        } else if (isAway.isEmpty()) {
            device.stop();
            device.kill();
            isAway.add(device);
        }
    }

    /** Nobody works for months; the server does what it does now and then. */
    private void season(SplittableRandom random) {
        devices.forEach(SimulatedDevice::kill);
        if (!server.isRunning()) {
            server.start();
        }
        for (int month = 0; month < MONTHS; month++) {
            letPass(Duration.ofDays(random.nextLong(20, 70)));
            server.maintain();
            pass(MAINTENANCE_STEPS);
        }
        devices.stream().filter(device -> !isAway.contains(device)).forEach(SimulatedDevice::start);
    }

    /** The same, though nobody waits for it. */
    private void letPass(Duration time) {
        kernel.after(time, () -> {});
        pass(time);
    }

    private void pass(Duration time) {
        long end = kernel.nanos() + time.toNanos();
        var _ = kernel.runUntil(() -> kernel.nanos() >= end);
    }

    private boolean isAtRestSoon(SimulatedDevice device) {
        long end = kernel.nanos() + AT_REST_MAX.toNanos();
        var _ = kernel.runUntil(() -> kernel.nanos() >= end || device.isInStep());
        return device.isInStep();
    }

    /** A person takes back a move whose commit isn't answered yet (R8). */
    private void undo(SimulatedDevice device, SplittableRandom random) {
        int how = random.nextInt(3);
        if (how == 1 && !isAtRestSoon(device)) {
            return; // What the client hasn't read yet would count as damaged (R31).
        }
        Optional<People.Moved> moved = people.moveAside(device, random);
        if (moved.isEmpty()) {
            return;
        }
        device.line().silence(true);
        long end = kernel.nanos() + SENT_MAX.toNanos();
        var _ = kernel.runUntil(() -> kernel.nanos() >= end || device.line().isSilenced());
        switch (how) {
            case 0 -> device.kill();
            case 1 -> device.cutPowerOfState();
            default -> {}
        }
        people.moveBack(device, moved.get());
        if (how < 2) {
            device.start();
        }
        pass(random.nextInt(UNDO_STEPS_MAX));
        device.line().silence(false);
    }

    /** The only person goes on at another device, if all comes to rest before. */
    private void turn(int to) {
        if (devices.get(to).isReadOnly() || devices.get(to).isUnplugged()) {
            return;
        }
        network.weather(Network.Weather.FINE);
        long end = kernel.nanos() + TURN_MAX.toNanos();
        while (kernel.nanos() < end && !oracles().isAtRest()) {
            long next = kernel.nanos() + Duration.ofSeconds(1).toNanos();
            if (!kernel.runUntil(() -> kernel.nanos() >= next)) {
                return;
            }
        }
        if (oracles().isAtRest()) {
            at = to;
            trace.told("world", "the person goes to " + devices.get(to).name());
        }
    }

    private void cutPower(SimulatedDevice device) {
        Instant at = device.clock().instant();
        saved.seen(device.entries());
        device.cutPower();
        damage.powerCut(device, at, saved, new ServerTree(server).everSent());
        people.powerCut(device);
        device.start();
    }

    private void loseState(SimulatedDevice device) {
        device.loseState();
        saved.stateLost(device.entries());
        damage.stateLost(device, new ServerTree(server).everSent());
    }

    private static void breakDisk(SimulatedDevice device, SplittableRandom random) {
        Faults faults = device.files().faults(SimulatedDevice.ROOT);
        Faults.Kind[] kinds = Faults.Kind.values();
        switch (random.nextInt(4)) {
            case 0 -> faults.heal();
            case 1 -> faults.failNext(random.nextInt(1, 20), kinds[random.nextInt(kinds.length)]);
            case 2 ->
                    faults.failSome(random.nextDouble() / 10, kinds[random.nextInt(kinds.length)]);
            default -> faults.full(true);
        }
    }

    private void answer(SimulatedDevice device, int how) {
        FolderStatus status = device.status().orElse(null);
        SyncedFolder folder = device.folder().orElse(null);
        if (status == null || folder == null || status.state() != FolderStatus.State.STOPPED) {
            return;
        }
        server.watch().answered(device.line().token());
        if (!status.answers().contains(FolderStatus.Answer.CONFIRM) || how == 1) {
            device.say(folder::resume);
        } else if (how == 0) {
            device.say(folder::reject);
        } else {
            device.say(folder::confirm);
        }
    }

    // The end.

    private void heal() {
        trace.told("world", "all is well");
        network.weather(Network.Weather.FINE);
        if (!server.isRunning()) {
            server.start();
        }
        isAway.clear();
        for (SimulatedDevice device : devices) {
            device.line().cut(false);
            device.line().silence(false);
            device.line().hold(false);
            device.files().faults(SimulatedDevice.ROOT).heal();
            device.slow(0);
            device.calm();
            if (device.isUnplugged()) {
                device.replug(true);
            }

            people.unlock(device);
            device.locked(false);
            if (climate == Climate.FLEETING && device.equals(devices.get(at))) {
                people.show(device);
                device.hidden(false);
            }
            device.watcher().ifPresent(watcher -> watcher.delay(Duration.ZERO));
            if (!device.isRunning() && device.isDead()) {
                device.start();
            }
        }
    }

    /** Lets everything come to rest; people answer what they are asked. */
    private void rest() {
        long end = kernel.nanos() + REST_MAX.toNanos();
        long stepsEnd = kernel.steps() + REST_STEPS_MAX;
        int looks = 0;
        while (kernel.nanos() < end && kernel.steps() < stepsEnd) {
            long next = kernel.nanos() + LOOK.toNanos();
            if (!kernel.runUntil(() -> kernel.nanos() >= next || kernel.steps() >= stepsEnd)) {
                return;
            }
            if (oracles().isAtRest()) {
                return;
            }
            looks++;
            for (SimulatedDevice device : devices) {
                answer(device, looks % 4 == 3 ? 1 : 2);
            }
        }
    }
}
