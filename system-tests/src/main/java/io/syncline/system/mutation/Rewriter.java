package io.syncline.system.mutation;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.List;

/** Rewrites the bytes of a class as a mutation wants. */
final class Rewriter {
    private final String name;
    private final Mutation.Part mutation;
    private final ClassFile files;
    private int hits;

    private Rewriter(String name, Mutation.Part mutation, ClassLoader loader) {
        this.name = name;
        this.mutation = mutation;
        this.files =
                ClassFile.of(
                        ClassFile.ClassHierarchyResolverOption.of(
                                ClassHierarchyResolver.ofResourceParsing(loader)
                                        .orElse(ClassHierarchyResolver.defaultResolver())));
    }

    /**
     * The class without the protection.
     *
     * @param name the mutation's
     * @param loader knows the classes that it uses
     * @throws IllegalStateException where there is no such method or call any more
     */
    static byte[] rewrite(
            byte[] original, String name, Mutation.Part mutation, ClassLoader loader) {
        var rewriter = new Rewriter(name, mutation, loader);
        byte[] rewritten = rewriter.rewrite(original);
        if (rewriter.hits == 0) {
            throw new IllegalStateException(
                    "mutation "
                            + name
                            + " finds nothing: "
                            + mutation.type()
                            + "."
                            + mutation.method()
                            + " "
                            + mutation.removal());
        }
        return rewritten;
    }

    private byte[] rewrite(byte[] original) {
        return files.transformClass(
                files.parse(original),
                (builder, element) -> {
                    if (element instanceof MethodModel method && isMeant(method)) {
                        builder.transformMethod(method, transform(method));
                    } else {
                        builder.with(element);
                    }
                });
    }

    private boolean isMeant(MethodModel method) {
        String of = method.methodName().stringValue();
        return method.code().isPresent()
                && (of.equals(mutation.method())
                        || of.matches("lambda\\$" + mutation.method() + "\\$\\d+"));
    }

    private MethodTransform transform(MethodModel method) {
        return switch (mutation.removal()) {
            case Mutation.Removal.Returns(var value) ->
                    method.methodName().equalsString(mutation.method())
                            ? (builder, element) -> {
                                if (element instanceof CodeModel) {
                                    hits++;
                                    builder.withCode(code -> returns(code, method, value));
                                } else {
                                    builder.with(element);
                                }
                            }
                            : MethodTransform.ACCEPT_ALL;
            case Mutation.Removal.Call(var callee, var nth, var value) -> {
                int[] seen = {0};
                yield MethodTransform.transformingCode((code, element) -> {
                    if (element instanceof InvokeInstruction call
                            && call.name().equalsString(callee)
                            && (++seen[0] == nth || nth == 0)) {
                        hits++;
                        instead(code, call, value);
                    } else {
                        code.with(element);
                    }
                });
            }
            case Mutation.Removal.Several _ -> throw new IllegalStateException(name);
            case Mutation.Removal.Other(var callee, var other) ->
                    MethodTransform.transformingCode((code, element) -> {
                        if (element instanceof InvokeInstruction call
                                && call.name().equalsString(callee)) {
                            hits++;
                            code.invoke(
                                    call.opcode(),
                                    call.owner().asSymbol(),
                                    other,
                                    call.typeSymbol(),
                                    call.isInterface());
                        } else {
                            code.with(element);
                        }
                    });
        };
    }

    private void returns(CodeBuilder code, MethodModel method, Mutation.Value value) {
        ClassDesc type = method.methodTypeSymbol().returnType();
        switch (value) {
            case ARGUMENT -> {
                boolean isStatic = method.flags().has(AccessFlag.STATIC);
                code.loadLocal(
                        TypeKind.from(method.methodTypeSymbol().parameterType(0)),
                        isStatic ? 0 : 1);
            }
            case RECEIVER -> code.aload(0);
            default -> push(code, type, value);
        }
        code.return_(TypeKind.from(type));
    }

    private void instead(CodeBuilder code, InvokeInstruction call, Mutation.Value value) {
        List<ClassDesc> arguments = call.typeSymbol().parameterList();
        boolean onStack = call.opcode() != Opcode.INVOKESTATIC;
        switch (value) {
            case RECEIVER -> pop(code, arguments);
            case ARGUMENT -> {
                if (onStack || arguments.size() != 1) {
                    throw new IllegalStateException(
                            "no call of a static method of one argument: " + name);
                }
            }
            default -> {
                pop(code, arguments);
                if (onStack) {
                    code.pop();
                }
                push(code, call.typeSymbol().returnType(), value);
            }
        }
    }

    private static void pop(CodeBuilder code, List<ClassDesc> arguments) {
        for (ClassDesc argument : arguments.reversed()) {
            if (TypeKind.from(argument).slotSize() == 2) {
                code.pop2();
            } else {
                code.pop();
            }
        }
    }

    private void push(CodeBuilder code, ClassDesc type, Mutation.Value value) {
        boolean isLong = TypeKind.from(type) == TypeKind.LONG;
        switch (value) {
            case NOTHING -> {
                if (TypeKind.from(type) != TypeKind.VOID) {
                    throw new IllegalStateException("something is returned: " + name);
                }
            }
            case TRUE -> code.iconst_1();
            case FALSE -> code.iconst_0();
            case ZERO -> {
                if (isLong) {
                    code.lconst_0();
                } else {
                    code.iconst_0();
                }
            }
            case MAX -> code.loadConstant(Long.MAX_VALUE);
            case EMPTY -> {
                boolean isInterface = !type.displayName().startsWith("Optional");
                code.invokestatic(
                        type, isInterface ? "of" : "empty", MethodTypeDesc.of(type), isInterface);
            }
            case ARGUMENT, RECEIVER -> throw new IllegalStateException(name);
        }
    }
}
