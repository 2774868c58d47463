package io.syncline.client.disk;

import java.util.Optional;

/** Bare operations that pass through, for tests to put something in between. */
class ForwardingCalls implements Calls {
    private final Calls calls;

    ForwardingCalls(Calls calls) {
        this.calls = calls;
    }

    @Override
    public Look<Stat> stat(LocalPath path) {
        return calls.stat(path);
    }

    @Override
    public RootState sameRoot() {
        return calls.sameRoot();
    }

    @Override
    public Look<Listing> list(LocalPath directory) {
        return calls.list(directory);
    }

    @Override
    public Look<ReadHandle> open(LocalPath file) {
        return calls.open(file);
    }

    @Override
    public Look<byte[]> readLink(LocalPath link) {
        return calls.readLink(link);
    }

    @Override
    public Look<WriteHandle> create(LocalPath file) {
        return calls.create(file);
    }

    @Override
    public Look<WriteHandle> openForWriting(LocalPath file) {
        return calls.openForWriting(file);
    }

    @Override
    public Optional<Outcome.Refused> renameNoReplace(LocalPath from, LocalPath to) {
        return calls.renameNoReplace(from, to);
    }

    @Override
    public Optional<Outcome.Refused> renameOver(LocalPath from, LocalPath to) {
        return calls.renameOver(from, to);
    }

    @Override
    public Optional<Outcome.Refused> exchange(LocalPath a, LocalPath b) {
        return calls.exchange(a, b);
    }

    @Override
    public Optional<Outcome.Refused> link(LocalPath existing, LocalPath another) {
        return calls.link(existing, another);
    }

    @Override
    public Optional<Outcome.Refused> unlink(LocalPath file) {
        return calls.unlink(file);
    }

    @Override
    public Optional<Outcome.Refused> removeDirectory(LocalPath directory) {
        return calls.removeDirectory(directory);
    }

    @Override
    public Optional<Outcome.Refused> makeDirectory(LocalPath directory) {
        return calls.makeDirectory(directory);
    }

    @Override
    public Optional<Outcome.Refused> symlink(LocalPath link, byte[] target) {
        return calls.symlink(link, target);
    }

    @Override
    public Optional<Outcome.Refused> setExecutable(LocalPath file, boolean executable) {
        return calls.setExecutable(file, executable);
    }

    @Override
    public Optional<Outcome.Refused> setModificationTime(LocalPath path, long nanos) {
        return calls.setModificationTime(path, nanos);
    }

    @Override
    public Optional<Outcome.Refused> force(LocalPath path) {
        return calls.force(path);
    }

    @Override
    public Optional<Outcome.Refused> forceEverything() {
        return calls.forceEverything();
    }

    @Override
    public void close() {
        calls.close();
    }
}
