"""Looks at C++ source as text: comments cut out, includes, statements at namespace scope.

No parser: it knows just enough for check_layers.py. Where it cannot be exact, clang-tidy is (its check of globals, for
one, sees types); this one is quick and looks at every file.
"""

import re

# One alternation, so that a comment mark inside a string is no comment, and a quote inside a comment no string.
TOKENS = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)"""
    r"""|(?P<raw>R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)")"""
    r"""|(?P<string>"(?:\\.|[^"\\\n])*")"""
    r"""|(?P<digit_separator>(?<=[0-9a-fA-F])'(?=[0-9a-fA-F]))"""
    r"""|(?P<char>'(?:\\.|[^'\\\n])+')""",
    re.DOTALL,
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
NAMESPACE = re.compile(r'(inline\s+)?namespace\b[\w:\s]*|extern\s+""')
NOT_A_VARIABLE = re.compile(
    r"(\[\[.*?\]\]\s*)?(using|typedef|(extern\s+)?template|static_assert|friend|namespace|concept|return)\b|"
    r"(class|struct|enum|union)\b(?!.*\{\}\s*\w)")


def blank(text):
    """Spaces of the same shape, so that offsets and line numbers stay true."""
    return re.sub(r"[^\n]", " ", text)


def without_comments(source):
    return TOKENS.sub(lambda m: blank(m.group()) if m.group("comment") else m.group(), source)


def code_only(source):
    """Without comments, the contents of strings, and preprocessor lines."""

    def cut(match):
        if match.group("comment"):
            return blank(match.group())
        if match.group("digit_separator"):
            return "_"
        return '"' + blank(match.group()[1:-1]) + '"'

    return DIRECTIVE.sub(lambda m: blank(m.group()), TOKENS.sub(cut, source))


def line_of(source, offset):
    return source.count("\n", 0, offset) + 1


def includes(source):
    """(line, is it <…>, path) of each include."""
    text = without_comments(source)
    return [(line_of(text, m.start()), m.group(1) == "<", m.group(2)) for m in INCLUDE.finditer(text)]


def squeeze(text):
    """A statement with its brackets emptied, so that what remains is its outline."""
    text = re.sub(r"\boperator\s*(\(\)|[^\w\s(]+)", "operator_", text)
    for pattern, empty in ((r"\([^()]*\)", "\1"), (r"<[^<>]*>", ""), (r"\[[^\[\]]*\]", "")):
        while re.search(pattern, text):
            text = re.sub(pattern, empty, text)
    return re.sub(r'"\s*"', '""', re.sub(r"\s+", " ", text.replace("\1", "()"))).strip()


def is_function(outline):
    head = outline.partition("=")[0]
    return "()" in head.partition("{")[0]


def namespace_statements(source):
    """(line, outline) of each statement outside of functions and types that ends in a semicolon."""
    code = code_only(source)
    statements, scopes, start, outline = [], [], 0, ""
    for offset, char in enumerate(code):
        inside = "body" in scopes
        if char == "{":
            if not inside and NAMESPACE.fullmatch(squeeze(outline)):
                scopes.append("namespace")
                outline, start = "", offset + 1
            else:
                scopes.append("body")
        elif char == "}" and scopes:
            if scopes.pop() == "namespace":
                outline, start = "", offset + 1
            elif "body" not in scopes:
                outline += "{}"
                if is_function(squeeze(outline)):
                    outline, start = "", offset + 1
        elif char == ";" and not inside:
            first = start + len(code[start:offset]) - len(code[start:offset].lstrip())
            statements.append((line_of(code, first), squeeze(outline)))
            outline, start = "", offset + 1
        elif not inside:
            outline += char
    return statements


def mutable_globals(source):
    """Lines of variables at namespace scope that can change, of such statics in functions, and of singletons."""
    found = []
    for line, outline in namespace_statements(source):
        if not outline or NOT_A_VARIABLE.match(outline) or re.search(r"\b(const|constexpr|consteval)\b", outline):
            continue
        if not is_function(outline) and re.search(r"[\w>&*}]\s*[&*\s]\s*[\w:]+\s*(\{\}|=.*)?$", outline):
            found.append(line)
    code = code_only(source)
    local = re.compile(r"(?<=[;{}])\s*\b((?:static|thread_local|inline)\s+)+(?!.*\b(?:const|constexpr|consteval)\b)"
                       r"[\w:<>,&*\s]*?[\w>&*]\s+[\w&*]+\s*(?:;|=|\{)")
    for match in local.finditer(code):
        if re.search(r"\b(static|thread_local)\b", match.group()):
            found.append(line_of(code, match.start(1)))
    found += [line_of(code, m.start()) for m in re.finditer(r"\bstatic\s+[\w:]+\s*[&*]\s*(get_)?instance\s*\(", code)]
    return sorted(set(found))
