package io.syncline.server.account;

import io.syncline.core.error.ErrorCode;
import io.syncline.core.error.SynclineException;
import io.syncline.core.tree.AccountId;
import io.syncline.core.tree.DeviceId;
import io.syncline.core.tree.Hash;
import io.syncline.core.tree.RandomId;
import io.syncline.core.wire.Label;
import io.syncline.core.wire.Role;
import io.syncline.core.wire.Secret;
import io.syncline.core.wire.SessionView;
import io.syncline.server.audit.Act;
import io.syncline.server.audit.Audit;
import io.syncline.storage.metadata.Account;
import io.syncline.storage.metadata.Device;
import io.syncline.storage.metadata.JoinLink;
import io.syncline.storage.metadata.MetadataStore;
import io.syncline.storage.metadata.Project;
import io.syncline.storage.metadata.ReadTransaction;
import io.syncline.storage.metadata.Session;
import io.syncline.storage.metadata.WriteTransaction;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Accounts, sessions and devices as operations; {@link AccountRoutes} puts them on the wire.
 * Thread-safe.
 */
public final class Accounts {
    /** The account that the first start makes. */
    public static final String ADMIN = "admin";

    /** How long a browser stays logged in. */
    static final Duration SESSION = Duration.ofDays(14);

    /** Devices of one account that aren't revoked. */
    private static final int DEVICES_MAX = 1_000;

    /** How often a name with a number behind it is tried for a joining account. */
    private static final int NAME_TRIES = 100;

    private final MetadataStore store;
    private final InstantSource clock;
    private final SecureRandom random;
    private final Passwords passwords;
    private final Consumer<DeviceId> revoked;
    private final Consumer<AccountId> ended;

    /**
     * Accounts in this store.
     *
     * @param revoked told of each revoked device, so that its sockets are closed
     * @param ended told of each account whose sessions ended, so that its sockets are looked at
     */
    public Accounts(
            MetadataStore store,
            InstantSource clock,
            SecureRandom random,
            Consumer<DeviceId> revoked,
            Consumer<AccountId> ended) {
        this.ended = ended;
        this.store = store;
        this.clock = clock;
        this.random = random;
        this.passwords = new Passwords(random);
        this.revoked = revoked;
    }

    /** A new device and the only copy of its token. */
    public record NewDevice(DeviceId device, AccountId account, Secret token) {}

    /** A new session and the only copy of its token. */
    record NewSession(Secret token, AccountId account, Instant expires) {}

    /** A device that joined a project. */
    record Joined(NewDevice device, Project project, Role role) {}

    /** The account of this name, made with this password if there is none. True if it was made. */
    public boolean ensure(String name, Secret password) {
        return ensure(name, password, false);
    }

    /** The same; where it is made it is an operator. */
    public boolean ensureOperator(String name, Secret password) {
        return ensure(name, password, true);
    }

    private boolean ensure(String name, Secret password, boolean operator) {
        Label.check("the account's name", name);
        if (find(name).isPresent()) {
            return false;
        }
        String hash = passwords.hash(password.value());
        Account account = account(name, Optional.of(hash), operator);
        return store.write(write -> {
            if (write.accounts().byName(name).isPresent()) {
                return false;
            }
            write.accounts().add(account);
            return true;
        });
    }

    /** The account of this name. */
    public Optional<AccountId> find(String name) {
        return store.read(read -> read.accounts().byName(name).map(Account::id));
    }

    /**
     * Makes an account.
     *
     * @throws SynclineException STALE where the name is taken
     */
    public AccountId create(String name, Secret password, boolean operator, Audit.Actor actor) {
        Label.check("the account's name", name);
        Account account = account(name, Optional.of(passwords.hash(password.value())), operator);
        return store.write(write -> {
            if (write.accounts().byName(name).isPresent()) {
                throw new SynclineException(ErrorCode.STALE, "there is an account of this name");
            }
            write.accounts().add(account);
            Audit.add(
                    write,
                    actor,
                    Audit.Deed.of(Act.ACCOUNT_CREATE, name, operator ? "operator" : ""),
                    clock.instant());
            return account.id();
        });
    }

    /** What is to be changed of an account; what is absent stays. */
    public record Change(
            Optional<Boolean> operator, Optional<Boolean> disabled, Optional<Secret> password) {
        /** In words, without the password. */
        private String told() {
            List<String> parts = new ArrayList<>();
            operator.ifPresent(is -> parts.add(is ? "operator" : "no operator"));
            disabled.ifPresent(is -> parts.add(is ? "disabled" : "enabled"));
            password.ifPresent(_ -> parts.add("password"));
            return String.join(", ", parts);
        }
    }

    /**
     * Changes an account, all or nothing. Its sessions end where it is disabled or gets a password;
     * its sockets are closed where it is disabled.
     *
     * @throws SynclineException NOT_FOUND where there is none
     */
    public void change(AccountId id, Change change, Audit.Actor actor) {
        Optional<String> hash = change.password().map(secret -> passwords.hash(secret.value()));
        boolean disables = change.disabled().equals(Optional.of(true));
        Instant now = clock.instant();
        boolean endsSessions = disables || hash.isPresent();
        store.write(write -> {
            Account account =
                    write.accounts()
                            .find(id)
                            .orElseThrow(() ->
                                    new SynclineException(
                                            ErrorCode.NOT_FOUND, "there is no such account"));
            var accounts = write.accounts();
            change.operator().ifPresent(is -> accounts.setOperator(id, is));
            change.disabled().ifPresent(is -> accounts.setDisabled(id, is));
            hash.ifPresent(text -> accounts.setPasswordHash(id, text));
            if (endsSessions) {
                var _ = accounts.deleteSessions(id);
                var _ = write.rightChanges().add(id, now);
            }
            Audit.add(
                    write,
                    actor,
                    Audit.Deed.of(Act.ACCOUNT_CHANGE, account.name(), change.told()),
                    now);
            return account;
        });
        if (endsSessions) {
            ended.accept(id);
        }
    }

    /** Gives the account another password and ends its sessions. */
    public void setPassword(AccountId account, Secret password) {
        String hash = passwords.hash(password.value());
        store.write(write -> {
            if (!write.accounts().setPasswordHash(account, hash)) {
                throw new SynclineException(ErrorCode.NOT_FOUND, "there is no such account");
            }
            return write.accounts().deleteSessions(account);
        });
    }

    /** A password that people can copy: 100 bits in groups of five letters and digits. */
    public Secret randomPassword() {
        String letters = "abcdefghijkmnpqrstuvwxyz23456789";
        StringBuilder password = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            password.append(i > 0 && i % 5 == 0 ? "-" : "");
            password.append(letters.charAt(random.nextInt(letters.length())));
        }
        return new Secret(password.toString());
    }

    private Account account(String name, Optional<String> passwordHash, boolean operator) {
        return new Account(
                new AccountId(RandomId.next(random)),
                name,
                passwordHash,
                clock.instant(),
                operator,
                false);
    }

    /** Logs in; {@code UNAUTHENTICATED} for an unknown account as for a wrong password. */
    NewSession logIn(String name, Secret password, Audit.Actor from) {
        Optional<Account> account = store.read(read -> read.accounts().byName(name));
        if (!passwords.matches(password.value(), account.flatMap(Account::passwordHash))) {
            throw new SynclineException(
                    ErrorCode.UNAUTHENTICATED, "the account or the password is wrong");
        }
        AccountId id = account.orElseThrow().id();
        if (account.orElseThrow().disabled()) {
            throw new SynclineException(ErrorCode.UNAUTHENTICATED, "the account is disabled");
        }
        Secret token = Tokens.next(Tokens.SESSION, random);
        // Nobody knows the secret behind this hash.
        Hash unusable = Tokens.hash(Tokens.next(Tokens.DEVICE, random));
        Instant now = clock.instant();
        Session session = new Session(Tokens.hash(token), id, now, now.plus(SESSION));
        store.write(write -> {
            DeviceId browser = Caller.browserOf(id);
            if (write.devices().find(browser).isEmpty()) {
                write.devices()
                        .add(
                                new Device(
                                        browser,
                                        id,
                                        "browser",
                                        unusable,
                                        now,
                                        now,
                                        Optional.empty()));
            }
            write.accounts().addSession(session);
            Audit.add(
                    write, from.as(id, Optional.empty()), Audit.Deed.of(Act.LOG_IN, name, ""), now);
            return session;
        });
        return new NewSession(token, id, session.expires());
    }

    /** The session whose token has this hash, with its account's name. */
    Optional<SessionView> session(Hash token) {
        return store.read(read ->
                read.accounts()
                        .session(token)
                        .flatMap(session ->
                                read.accounts()
                                        .find(session.account())
                                        .map(account ->
                                                new SessionView(
                                                        account.id(),
                                                        account.name(),
                                                        session.expires(),
                                                        account.operator()))));
    }

    /** Ends a session; ending it again is no error. */
    void logOut(Secret token, Audit.Actor from) {
        Hash hash = Tokens.hash(token);
        Instant now = clock.instant();
        store.write(write -> {
            Optional<AccountId> account = write.accounts().session(hash).map(Session::account);
            account.ifPresent(id -> {
                var _ = write.rightChanges().add(id, now);
                Audit.add(
                        write,
                        from.as(id, Optional.empty()),
                        Audit.Deed.of(Act.LOG_OUT, "", ""),
                        now);
            });
            return write.accounts().deleteSession(hash);
        });
    }

    /** Adds a device to an account. */
    public NewDevice addDevice(AccountId account, String name, Audit.Actor actor) {
        Label.check("the device's name", name);
        Secret token = Tokens.next(Tokens.DEVICE, random);
        Device device = device(account, name, token);
        store.write(write -> {
            checkRoom(write, account);
            write.devices().add(device);
            Audit.add(write, actor, Audit.Deed.of(Act.DEVICE_ADD, name, ""), device.created());
            return device;
        });
        return new NewDevice(device.id(), account, token);
    }

    private Device device(AccountId account, String name, Secret token) {
        Instant now = clock.instant();
        return new Device(
                new DeviceId(RandomId.next(random)),
                account,
                name,
                Tokens.hash(token),
                now,
                now,
                Optional.empty());
    }

    private static void checkRoom(ReadTransaction read, AccountId account) {
        long used =
                read.devices().ofAccount(account).stream()
                        .filter(device -> device.revoked().isEmpty())
                        .count();
        if (used >= DEVICES_MAX) {
            throw new SynclineException(
                    ErrorCode.LIMITED,
                    "an account has at most " + DEVICES_MAX + " devices; revoke some");
        }
    }

    /**
     * Uses a join link: the use is taken, account, membership and device are made in one
     * transaction, so that a link of n uses makes at most n devices, however many ask at once.
     *
     * @param known the account that joins, where the caller has proven one; else a new one is made
     */
    Joined join(Secret secret, String deviceName, Optional<AccountId> known, Audit.Actor from) {
        Label.check("the device's name", deviceName);
        Secret token = Tokens.next(Tokens.DEVICE, random);
        Account fresh = account(deviceName, Optional.empty(), false);
        Device template = device(known.orElse(fresh.id()), deviceName, token);
        Hash hash = Tokens.hash(secret);
        return store.write(write -> {
            JoinLink link = write.links().use(hash, clock.instant()).orElseThrow(Accounts::noLink);
            Project project = write.projects().find(link.project()).orElseThrow(Accounts::noLink);
            if (known.isPresent()) {
                checkRoom(write, known.get());
            } else {
                write.accounts().add(named(write, fresh));
            }
            var members = write.members(project.key());
            // A link never takes away what a member has.
            Role role =
                    members.role(template.account())
                            .filter(has -> has.includes(link.role()))
                            .orElse(link.role());
            members.put(template.account(), role);
            write.devices().add(template);
            Audit.add(
                    write,
                    from.as(template.account(), Optional.of(template.id())),
                    Audit.Deed.in(project.id(), Act.JOIN, deviceName, role.word()),
                    template.created());
            return new Joined(
                    new NewDevice(template.id(), template.account(), token), project, role);
        });
    }

    /** The account with a number behind its name where that is taken. */
    private static Account named(ReadTransaction read, Account account) {
        String name = account.name();
        for (int i = 2; read.accounts().byName(name).isPresent(); i++) {
            String suffix = " " + (i <= NAME_TRIES ? i : account.id().value());
            int room = Math.min(account.name().length(), 63);
            name = account.name().substring(0, room).strip() + suffix;
        }
        return new Account(account.id(), name, account.passwordHash(), account.created());
    }

    private static SynclineException noLink() {
        return new SynclineException(
                ErrorCode.NOT_FOUND, "this join link is unknown, used up or expired");
    }

    /**
     * Revokes a device: its token is refused from then on and its sockets are closed. Allowed for
     * its own account, and for whoever owns every project that its account is a member of (such as
     * the one that it joined by a link). Doing it again changes nothing.
     */
    void revoke(Caller caller, DeviceId id, Audit.Actor actor) {
        Instant now = clock.instant();
        store.write(write -> {
            Device device =
                    write.devices()
                            .find(id)
                            .filter(found -> !isBrowser(found))
                            .orElseThrow(Accounts::noDevice);
            checkMayChange(
                    write,
                    caller,
                    device,
                    "this device is a member of other projects, too; end its membership instead");
            write.rightChanges().add(device.account(), now);
            Audit.add(
                    write, actor, Audit.Deed.of(Act.DEVICE_REVOKE, device.name(), id.value()), now);
            return write.devices().revoke(id, now);
        });
        revoked.accept(id);
    }

    /** Gives a device another name; allowed for whoever may revoke it. */
    void rename(Caller caller, DeviceId id, String name, Audit.Actor actor) {
        Label.check("the device's name", name);
        store.write(write -> {
            Device device =
                    write.devices()
                            .find(id)
                            .filter(found -> !isBrowser(found))
                            .orElseThrow(Accounts::noDevice);
            checkMayChange(
                    write,
                    caller,
                    device,
                    "this device is a member of projects that you don't own, too");
            Audit.add(
                    write,
                    actor,
                    Audit.Deed.of(Act.DEVICE_RENAME, id.value(), name),
                    clock.instant());
            return write.devices().rename(id, name);
        });
    }

    private static void checkMayChange(
            WriteTransaction write, Caller caller, Device device, String otherwise) {
        if (device.account().equals(caller.account())) {
            return;
        }
        var projects = write.projects().ofAccount(device.account());
        boolean sees = false;
        boolean ownsAll = true;
        for (var membership : projects) {
            boolean owns =
                    write.members(membership.project().key())
                            .role(caller.account())
                            .filter(role -> role == Role.OWNER)
                            .isPresent();
            sees |= owns;
            ownsAll &= owns;
        }
        if (!sees) {
            throw noDevice();
        }
        if (!ownsAll) {
            throw new SynclineException(ErrorCode.FORBIDDEN, otherwise);
        }
    }

    /** Whether this row only stands for an account's browsers. */
    public static boolean isBrowser(Device device) {
        return device.id().equals(Caller.browserOf(device.account()));
    }

    private static SynclineException noDevice() {
        return new SynclineException(ErrorCode.NOT_FOUND, "there is no such device");
    }
}
