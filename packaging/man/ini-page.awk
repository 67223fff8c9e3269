# Makes a manual page of a commented sample configuration, so that there is one text of both:
#   awk -f ini-page.awk -v page=starface-teams-agent.ini -v program=starface-teams-agent -v file=/etc/… -v version=0.1.0 agent.ini
# A comment belongs to the keys right below it; ";key = value" is a key at its default.

function escaped(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  if (text ~ /^[.']/) text = "\\&" text
  return text
}

# The comment's lines; those that are indented in it stand as they are.
function print_comment(    i, text, literal) {
  literal = 0
  for (i = 1; i <= lines; i++) {
    text = comment[i]
    if ((text ~ /^  /) != literal) {
      literal = !literal
      print literal ? ".nf" : ".fi"
    }
    print literal ? "\\&" escaped(text) : escaped(text)
  }
  if (literal) print ".fi"
  lines = 0
}

function print_keys(    i) {
  for (i = 1; i <= keys; i++) {
    print i == 1 ? ".TP" : ".TQ"
    printf "\\fB%s\\fR =%s\n", escaped(key[i]), value[i] == "" ? "" : " " escaped(value[i])
  }
  if (keys > 0) print_comment()
  keys = 0
}

function end_paragraph() {
  if (keys > 0) print_keys()
  else if (lines > 0) { print ".PP"; print_comment() }
}

BEGIN {
  printf ".TH %s 5 \"\" \"Teams Integration for STARFACE %s\"\n", toupper(escaped(page)), version
  printf ".SH NAME\n%s \\- configuration of %s\n", escaped(page), escaped(program)
  printf ".SH SYNOPSIS\n.I %s\n.SH DESCRIPTION\n", escaped(file)
}

/^#/ {
  if (keys > 0) end_paragraph()
  sub(/^# ?/, "")
  comment[++lines] = $0
  next
}

/^\[/ { end_paragraph(); print ".SS " escaped($0); next }

/^;?[a-z-]+ *=/ {
  sub(/^;/, "")
  key[++keys] = $1
  sub(/^[^=]*= */, "")
  value[keys] = $0
  next
}

/^$/ { end_paragraph(); next }

{ printf "%s:%d: neither comment, section nor key\n", FILENAME, FNR > "/dev/stderr"; failed = 1; exit 1 }

END {
  if (failed) exit 1
  end_paragraph()
  printf ".SH SEE ALSO\n.BR %s (8)\n", escaped(program)
}
