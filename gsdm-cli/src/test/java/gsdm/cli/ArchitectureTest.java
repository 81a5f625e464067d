package gsdm.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Holds the arrows between modules and packages; gsdm-cli is the one module that sees them all. */
class ArchitectureTest {

    private static final String TENSOR = "gsdm.tensor..";
    private static final String NN = "gsdm.nn..";
    private static final String GRAPH = "gsdm.graph..";
    private static final String CLI = "gsdm.cli..";
    private static final String VECTOR = "gsdm.tensor.cpu.vector..";
    private static final String CORE = "gsdm.tensor.cpu.vector.core..";

    private static JavaClasses classes;

    @BeforeAll
    static void readClasses() {
        classes =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("gsdm");
    }

    /** Without this, the rules below could pass for want of classes. */
    @ParameterizedTest
    @ValueSource(strings = {"gsdm.tensor", "gsdm.nn", "gsdm.graph", "gsdm.cli"})
    void everyModuleIsSeen(String root) {
        assertThat(
                        classes.stream()
                                .filter(type -> type.getPackageName().startsWith(root))
                                .filter(type -> !type.getSimpleName().equals("package-info")))
                .isNotEmpty();
    }

    @Test
    void modulesDependDownwards() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("cli")
                .definedBy(CLI)
                .layer("graph")
                .definedBy(GRAPH)
                .layer("nn")
                .definedBy(NN)
                .layer("tensor")
                .definedBy(TENSOR)
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("graph")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("nn")
                .mayOnlyBeAccessedByLayers("graph", "cli")
                .check(classes);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("gsdm.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void oneNameIsOneThing() {
        Map<String, List<String>> named =
                classes.stream()
                        .filter(type -> type.isTopLevelClass())
                        .filter(type -> !type.getSimpleName().equals("package-info"))
                        .collect(
                                Collectors.groupingBy(
                                        JavaClass::getSimpleName,
                                        Collectors.mapping(
                                                JavaClass::getName, Collectors.toList())));
        assertThat(named).hasSizeGreaterThan(100);
        assertThat(named).allSatisfy((name, types) -> assertThat(types).as(name).hasSize(1));
    }

    @Test
    void vectorKernelsImportTheVectorApi() {
        assertThat(
                        classes.stream()
                                .filter(type ->
                                        type.getPackageName().startsWith("gsdm.tensor.cpu.vector"))
                                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                                .map(dependency -> dependency.getTargetClass().getPackageName()))
                .contains("jdk.incubator.vector");
    }

    @Test
    void noOtherPackageImportsTheVectorApi() {
        noClasses()
                .that()
                .resideOutsideOfPackage(VECTOR)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator..")
                .check(classes);
    }

    /** Memory at any address, whether its bounds are lifted or vectors are moved to and from it. */
    private static final DescribedPredicate<JavaCall<?>> RAW_ACCESS =
            new DescribedPredicate<>("reach memory beyond the bounds of a segment") {
                @Override
                public boolean test(JavaCall<?> call) {
                    return switch (call.getTarget().getName()) {
                        case "reinterpret" ->
                                call.getTargetOwner().isEquivalentTo(MemorySegment.class);
                        case "fromMemorySegment", "intoMemorySegment" ->
                                call.getTargetOwner()
                                        .getPackageName()
                                        .equals("jdk.incubator.vector");
                        default -> false;
                    };
                }
            };

    private static final ArchRule CORE_ALONE_TOUCHES_RAW_MEMORY =
            noClasses().that().resideOutsideOfPackage(CORE).should().callCodeUnitWhere(RAW_ACCESS);

    @Test
    void theCoreOfVectorKernelsAloneTouchesRawMemory() {
        CORE_ALONE_TOUCHES_RAW_MEMORY.check(classes);
        assertThat(
                        classes.stream()
                                .flatMap(type -> type.getCodeUnitCallsFromSelf().stream())
                                .filter(RAW_ACCESS)
                                .map(call -> call.getTarget().getName()))
                .contains("reinterpret", "fromMemorySegment", "intoMemorySegment");
    }

    /** Lifts the bounds of a segment where that is not allowed. */
    private static final class Trespasser {
        static MemorySegment everything() {
            return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
        }
    }

    @Test
    void aTrespasserIsSeen() {
        JavaClasses trespasser = new ClassFileImporter().importClasses(Trespasser.class);
        assertThat(CORE_ALONE_TOUCHES_RAW_MEMORY.evaluate(trespasser).hasViolation()).isTrue();
    }

    /** Nothing below the factory checks bounds; the measured peaks of the machine need none. */
    @Test
    void theVectorBackendAloneUsesItsKernels() {
        noClasses()
                .that()
                .resideOutsideOfPackage(VECTOR)
                .should()
                .dependOnClassesThat(
                        resideInAPackage("gsdm.tensor.cpu.vector.(*)..")
                                .and(not(resideInAPackage("gsdm.tensor.cpu.vector.bench"))))
                .check(classes);
    }

    @Test
    void librariesNeverPrint() {
        noClasses()
                .that()
                .resideInAnyPackage(TENSOR, NN, GRAPH)
                .should(ACCESS_STANDARD_STREAMS)
                .check(classes);
    }
}
