package support;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;

/** Runs programs one after another and prints what each did: `java support.Run ROOT STRICT`, lines `program keep left` on the input. */
public final class Run {
    public static void main(String[] arguments) throws Exception {
        boolean strict = arguments[1].equals("1");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            Trace.begin(words[0], words[1], strict && !words[2].equals("left"));
            String error = null;
            try {
                Trace.note("end", Class.forName(words[0] + ".Main").getMethod("run").invoke(null));
            } catch (InvocationTargetException | ExceptionInInitializerError thrown) {
                Throwable cause = thrown.getCause();
                while (cause instanceof ExceptionInInitializerError) {
                    cause = cause.getCause();
                }
                if (cause instanceof Trace.Asked || cause instanceof LinkageError) {
                    error = String.valueOf(cause);
                }
                Trace.note("thrown", cause.getClass().getName());
            } catch (LinkageError | ReflectiveOperationException thrown) {
                error = String.valueOf(thrown);
            }
            out.println("{\"program\":" + quoted(words[0]) + ",\"trace\":" + quoted(Trace.text()) + ",\"error\":"
                + (error == null ? "null" : quoted(error)) + "}");
        }
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
