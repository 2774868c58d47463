package io.syncline.cli;

import java.math.BigDecimal;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How many or how much, as people write it: {@code 500}, {@code 1.5G}, {@code 10Gi}.
 *
 * @param value absent for {@code none}
 */
record Amount(OptionalLong value) {
    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,6})?)([kKMGTP]?i?)B?");
    private static final Map<String, Integer> POWERS =
            Map.of("", 0, "K", 1, "M", 2, "G", 3, "T", 4, "P", 5);

    static final class Converter implements ITypeConverter<Amount> {
        @Override
        public Amount convert(String text) {
            if (text.equals("none")) {
                return new Amount(OptionalLong.empty());
            }
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches() || matcher.group(2).equals("i")) {
                throw new TypeConversionException(
                        "'" + text + "' is no amount: a number with k, M, G, T, Ki, …, or none");
            }
            String unit = matcher.group(2);
            boolean binary = unit.endsWith("i");
            String letter = unit.replace("i", "").replace('k', 'K');
            BigDecimal factor =
                    BigDecimal.valueOf(binary ? 1024 : 1000).pow(POWERS.getOrDefault(letter, 0));
            BigDecimal value = new BigDecimal(matcher.group(1)).multiply(factor);
            if (value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
                throw new TypeConversionException("'" + text + "' is too much");
            }
            return new Amount(OptionalLong.of(value.longValue()));
        }
    }
}
