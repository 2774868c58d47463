package io.syncline.system.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of the house; a broken one names the class and the line. */
final class ArchitectureTest {
    private static final String PRODUCT = "io.syncline..";
    private static final String SYSTEM_TESTS = "io.syncline.system..";

    /** What JMH writes around each benchmark. */
    private static final String GENERATED = "/jmh_generated/";

    /** Words for a kind of class; a package is named after what it is about. */
    private static final Set<String> KINDS_OF_CLASS =
            Set.of("model", "util", "utils", "service", "impl", "helper", "common", "misc");

    private static JavaClasses house = new ClassFileImporter().importClasses();

    @BeforeAll
    static void read() {
        house =
                new ClassFileImporter()
                        .withImportOption(location -> !location.contains(GENERATED))
                        .importPackages("io.syncline");
    }

    static Stream<House.Module> modules() {
        return House.MODULES.stream();
    }

    static Stream<House.Library> libraries() {
        return House.LIBRARIES.stream();
    }

    @ParameterizedTest
    @MethodSource("modules")
    void everyModuleIsSeen(House.Module module) {
        // Otherwise the rules below would hold of nothing.
        assertThat(house.that(resideInAnyPackage(module.packages()))).isNotEmpty();
    }

    @Test
    void everyPackageBelongsToAModule() {
        classes()
                .should()
                .resideInAnyPackage(modules().map(House.Module::packages).toArray(String[]::new))
                .check(house);
    }

    @ParameterizedTest
    @MethodSource("modules")
    @DisplayName("The arrows between modules")
    void moduleUsesOnlyWhatItsArrowsAllow(House.Module module) {
        String[] others =
                modules()
                        .filter(other -> !other.equals(module))
                        .filter(other -> !module.mayUse().contains(other.name()))
                        .map(House.Module::packages)
                        .toArray(String[]::new);
        if (others.length == 0) {
            return;
        }
        noClasses()
                .that()
                .resideInAPackage(module.packages())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(house);
    }

    @Test
    void coreTouchesNoOutsideWorld() {
        noClasses()
                .that()
                .resideInAPackage("io.syncline.core..")
                .should()
                .dependOnClassesThat(
                        named(
                                "reach outside",
                                type ->
                                        House.IMPURE_TYPES.stream()
                                                .anyMatch(type.getFullName()::matches)))
                .because("core is handed what it needs: the simulator and the product run the same")
                .check(house);
    }

    @Test
    void coreReadsNoClockAndDrawsNoRandomNumber() {
        noClasses()
                .that()
                .resideInAPackage("io.syncline.core..")
                .should()
                .accessTargetWhere(
                        DescribedPredicate.describe(
                                "reads the world around it", ArchitectureTest::isImpure))
                .check(house);
    }

    private static boolean isImpure(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getFullName();
        String name = access.getTarget().getName();
        return House.IMPURE_CALLS.stream()
                .anyMatch(call -> owner.matches(call.owner()) && name.matches(call.method()));
    }

    @ParameterizedTest
    @MethodSource("libraries")
    @DisplayName("A library is imported where it is owned")
    void libraryIsImportedOnlyByItsOwners(House.Library library) {
        noClasses()
                .that(liveOutside(library.owners()))
                .and()
                .resideOutsideOfPackage(SYSTEM_TESTS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(library.packages().toArray(String[]::new))
                .allowEmptyShould(true)
                .check(house);
    }

    @Test
    void noLibraryIsMissingFromTheTable() {
        String[] known =
                Stream.of(
                                Stream.of(PRODUCT),
                                House.COMMON.stream(),
                                libraries().flatMap(library -> library.packages().stream()))
                        .flatMap(names -> names)
                        .toArray(String[]::new);
        classes()
                .that()
                .resideOutsideOfPackage(SYSTEM_TESTS)
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(known)
                                .or(named("primitive", type -> type.getPackageName().isEmpty())))
                .check(house);
    }

    @Test
    void noTwoPackagesNeedEachOther() {
        slices().matching("io.syncline.(**)").should().beFreeOfCycles().check(house);
    }

    @Test
    void onlyTheWiringNamesAConcreteAdapter() {
        DescribedPredicate<JavaClass> adapter =
                resideInAnyPackage(House.ADAPTERS.toArray(String[]::new));
        classes()
                .that(liveOutside(House.WIRING))
                .should(
                        new ArchCondition<>("name no concrete adapter of another package") {
                            @Override
                            public void check(JavaClass type, ConditionEvents events) {
                                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                                    JavaClass target =
                                            dependency.getTargetClass().getBaseComponentType();
                                    if (adapter.test(target)
                                            && !target.getPackageName()
                                                    .equals(type.getPackageName())
                                            && !beneath(type, target)
                                            && !beneath(target, type)) {
                                        events.add(
                                                SimpleConditionEvent.violated(
                                                        dependency, dependency.getDescription()));
                                    }
                                }
                            }

                            private boolean beneath(JavaClass lower, JavaClass upper) {
                                return adapter.test(upper)
                                        && lower.getPackageName()
                                                .startsWith(upper.getPackageName() + ".");
                            }
                        })
                .check(house);
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> unmarked = new TreeSet<>();
        for (JavaClass type : house) {
            if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                unmarked.add(type.getPackageName());
            }
        }
        assertThat(unmarked).isEmpty();
    }

    @Test
    void packagesAreNamedAfterWhatTheyAreAbout() {
        Set<String> misnamed = new TreeSet<>();
        for (JavaClass type : house) {
            if (Stream.of(type.getPackageName().split("\\.")).anyMatch(KINDS_OF_CLASS::contains)) {
                misnamed.add(type.getPackageName());
            }
        }
        assertThat(misnamed).isEmpty();
    }

    @Test
    void noClassIsNamedAfterNothing() {
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils)(\\$.*)?")
                .check(house);
    }

    @Test
    void onlyTheCommandLineWritesToStandardStreams() {
        noClasses()
                .that(
                        resideOutsideOfPackage("io.syncline.cli..")
                                .and(resideOutsideOfPackage(SYSTEM_TESTS)))
                .should(ACCESS_STANDARD_STREAMS)
                .check(house);
    }

    @Test
    void onlyProgramsEndTheProcess() {
        noClasses()
                .that(not(named("are programs", ArchitectureTest::isProgram)))
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(house);
    }

    private static boolean isProgram(JavaClass type) {
        return type.tryGetMethod("main", String[].class).isPresent();
    }

    /**
     * Lives in none of {@code places}: packages that end in "..", single packages, or classes with
     * all that they nest.
     */
    private static DescribedPredicate<JavaClass> liveOutside(List<String> places) {
        return named(
                "live outside of " + places,
                type -> places.stream().noneMatch(place -> livesIn(type, place)));
    }

    private static boolean livesIn(JavaClass type, String place) {
        return PackageMatcher.of(place).matches(type.getPackageName())
                || type.getFullName().equals(place)
                || type.getFullName().startsWith(place + "$");
    }

    private static DescribedPredicate<JavaClass> named(
            String description, Predicate<JavaClass> predicate) {
        return DescribedPredicate.describe(description, predicate);
    }
}
