package support;

/** What a program does is what it notes here. */
public final class Trace {
    private static final StringBuilder NOTES = new StringBuilder();
    private static int count;
    private static boolean other;
    private static boolean forbid;
    private static String keep;

    /** The removed flag was asked for. */
    public static final class Asked extends Error {}

    static void begin(String program, String kept, boolean forbidden) {
        NOTES.setLength(0);
        count = 0;
        other = "02468".indexOf(program.charAt(program.length() - 1)) >= 0;
        forbid = forbidden;
        keep = kept;
    }

    static void note(String number, Object value) {
        NOTES.append(number).append(' ').append(value).append('\n');
    }

    static String text() {
        return NOTES.toString();
    }

    public static int t(int number, int value) {
        return check(number, value, value);
    }

    public static boolean t(int number, boolean value) {
        return check(number, value, value);
    }

    public static String t(int number, String value) {
        return check(number, value, value);
    }

    public static Object t(int number, Object value) {
        return check(number, value, value);
    }

    private static <T> T check(int number, Object shown, T value) {
        if (++count > 3000) {
            throw new IllegalStateException("the program does not end");
        }
        note(String.valueOf(number), shown);
        return value;
    }

    /** Answers as a server would on which the removal is already true, or forbids to ask. */
    public static boolean ask(String key) {
        if (!key.equals("new-checkout")) {
            return other;
        }
        if (forbid) {
            throw new Asked();
        }
        return !keep.equals("off");
    }
}
