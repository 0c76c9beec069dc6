//! `<% code %>`: ERB, EJS, EEx, JSP. All stretches of code together are one program.

use super::cursor::{find, is_at};
use super::{Program, Template};

pub(super) fn rewrite(template: &Template, source: &str, program: &mut Program) {
    let mut at = 0;
    while at < source.len() {
        let open = find(source, at, &template.open);
        let start = open + template.open.len();
        if start > source.len() {
            return;
        }
        let end = find(source, start, &template.close);
        at = end + template.close.len();
        // `<%%` is text, `<%#` and `<%--` are comments, `<%@` belongs to the template itself.
        if ["%", "#", "--", "@", "!--"].iter().any(|mark| is_at(source, start, mark)) {
            continue;
        }
        let marks =
            source[start..end].len() - source[start..end].trim_start_matches(['=', '-', '_', '!', '~', '|']).len();
        let code = source[start + marks..end].trim_end_matches(['-', '_']);
        program.copy(source, start + marks..start + marks + code.len());
        program.glue(&template.end);
        program.glue("\n");
    }
}
