package io.syncline.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;

/**
 * Logs to standard error, warnings and worse unless {@code SYNCLINE_LOG} names another level; as
 * lines for people, or as one JSON document a line with {@link #asJson}. In code, because reading
 * Logback's XML would cost every command a tenth of a second.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class Logs extends ContextAwareBase implements Configurator {
    /** Made by Logback. */
    public Logs() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        // The id of the request that is being answered, if one is.
        encoder.setPattern(
                "%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %-5level %logger{0}: %msg"
                        + " %kvp%replace( request=%X{request}){'^ request=$', ''}%n");
        root(context).setLevel(Level.WARN);
        root(context).addAppender(appender(context, encoder));
        context.getLogger("io.syncline")
                .setLevel(Level.toLevel(System.getenv("SYNCLINE_LOG"), Level.WARN));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** From now on each line is a JSON document, with what is known as members of their own. */
    static void asJson() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            JsonEncoder encoder = new JsonEncoder();
            encoder.setWithContext(false);
            encoder.setWithSequenceNumber(false);
            encoder.setWithFormattedMessage(true);
            encoder.setWithMessage(false);
            encoder.setWithArguments(false);
            root(context).detachAndStopAllAppenders();
            root(context).addAppender(appender(context, encoder));
        }
    }

    private static ch.qos.logback.classic.Logger root(LoggerContext context) {
        return context.getLogger(ch.qos.logback.classic.Logger.ROOT_LOGGER_NAME);
    }

    private static ConsoleAppender<ILoggingEvent> appender(
            LoggerContext context, Encoder<ILoggingEvent> encoder) {
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }
}
