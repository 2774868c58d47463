package io.syncline.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PasswordsTest {
    private final Passwords passwords = new Passwords(new SecureRandom());

    @Test
    void hashNamesItsParametersAndMatchesOnlyItsPassword() {
        String stored = passwords.hash("pässword");
        assertThat(stored).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        assertThat(passwords.matches("pässword", Optional.of(stored))).isTrue();
        // The same letters as another keyboard makes them.
        assertThat(passwords.matches("pa\u0308ssword", Optional.of(stored))).isTrue();
        assertThat(passwords.matches("password", Optional.of(stored))).isFalse();
        assertThat(passwords.hash("pässword")).isNotEqualTo(stored);
    }

    @Test
    void nothingMatchesAnAccountWithoutPassword() {
        assertThat(passwords.matches("", Optional.empty())).isFalse();
    }

    /** From the reference implementation's command line: argon2 somesalt -id -t 2 -k 65536 -p 1. */
    @Test
    void hashesOfTheReferenceImplementationAreUnderstood() {
        String reference =
                "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ"
                        + "$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assertThat(passwords.matches("password", Optional.of(reference))).isTrue();
        assertThat(passwords.matches("Password", Optional.of(reference))).isFalse();
    }
}
