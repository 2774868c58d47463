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

    /**
     * Accounts in this store.
     *
     * @param revoked told of each revoked device, so that its sockets are closed
     */
    public Accounts(
            MetadataStore store,
            InstantSource clock,
            SecureRandom random,
            Consumer<DeviceId> revoked) {
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
        Label.check("the account's name", name);
        if (find(name).isPresent()) {
            return false;
        }
        String hash = passwords.hash(password.value());
        Account account = account(name, Optional.of(hash));
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

    private Account account(String name, Optional<String> passwordHash) {
        return new Account(
                new AccountId(RandomId.next(random)), name, passwordHash, clock.instant());
    }

    /** Logs in; {@code UNAUTHENTICATED} for an unknown account as for a wrong password. */
    NewSession logIn(String name, Secret password) {
        Optional<Account> account = store.read(read -> read.accounts().byName(name));
        if (!passwords.matches(password.value(), account.flatMap(Account::passwordHash))) {
            throw new SynclineException(
                    ErrorCode.UNAUTHENTICATED, "the account or the password is wrong");
        }
        AccountId id = account.orElseThrow().id();
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
                                                        session.expires()))));
    }

    /** Ends a session; ending it again is no error. */
    void logOut(Secret token) {
        Hash hash = Tokens.hash(token);
        store.write(write -> {
            write.accounts()
                    .session(hash)
                    .ifPresent(session ->
                            write.rightChanges().add(session.account(), clock.instant()));
            return write.accounts().deleteSession(hash);
        });
    }

    /** Adds a device to an account. */
    public NewDevice addDevice(AccountId account, String name) {
        Label.check("the device's name", name);
        Secret token = Tokens.next(Tokens.DEVICE, random);
        Device device = device(account, name, token);
        store.write(write -> {
            checkRoom(write, account);
            write.devices().add(device);
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
    Joined join(Secret secret, String deviceName, Optional<AccountId> known) {
        Label.check("the device's name", deviceName);
        Secret token = Tokens.next(Tokens.DEVICE, random);
        Account fresh = account(deviceName, Optional.empty());
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
    void revoke(Caller caller, DeviceId id) {
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
            write.rightChanges().add(device.account(), clock.instant());
            return write.devices().revoke(id, clock.instant());
        });
        revoked.accept(id);
    }

    /** Gives a device another name; allowed for whoever may revoke it. */
    void rename(Caller caller, DeviceId id, String name) {
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
    static boolean isBrowser(Device device) {
        return device.id().equals(Caller.browserOf(device.account()));
    }

    private static SynclineException noDevice() {
        return new SynclineException(ErrorCode.NOT_FOUND, "there is no such device");
    }
}
