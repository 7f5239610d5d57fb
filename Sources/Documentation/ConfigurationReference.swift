import Bytes
import Configuration

/// The reference of the configuration file, `docs/configuration.md`.
enum ConfigurationReference {
  /// The whole page, Markdown.
  static var text: String {
    var text = opening
    for kind in SectionKind.allCases { text += "\n" + section(kind) }
    return text + "\n" + closing
  }

  private static func section(_ kind: SectionKind) -> String {
    var text = "### `[\(kind.type)\(kind.isNamed ? " NAME" : "")]`\n\n\(kind.summary)"
    if kind.isNamed { text += " At most \(kind.most)." }
    text += "\n\n| setting | values | default | |\n|---|---|---|---|\n"
    for setting in kind.settings {
      let name = "\(setting.name)\(setting.isFamily ? "NAME" : "")"
      text += "| `\(name)` | \(setting.valuesText) | \(setting.standardText ?? "") |"
      text += " \(setting.documentation.summary) |\n"
    }
    return text
  }

  private static let opening = #"""
    # The configuration file

    This page is generated from the table that Postern itself reads its settings by.

    `postern check` validates a file: every error and warning in one pass, as `FILE:LINE: message`.
    `postern check --no-secrets` leaves each `${…}` alone that has no value where you run it.
    `postern check --print` shows every setting in effect and where it comes from, secrets as `****`.
    The empty file is valid: it is the built-in default. `packaging/postern.conf` is a sample with every
    setting.

    ## Grammar

    UTF-8 text of at most 1 MiB, with LF or CRLF at the end of its lines, of at most 64 KiB each; a
    byte-order mark at the start is allowed, control characters other than tabs are not. A line is one of:

    - blank;
    - a comment: its first non-blank character is `#` or `;`. A comment has a line of its own: `#` and `;` in
      a value belong to the value;
    - a section: `[type]` or `[type name]`. A name is 1 to 64 of `a-z`, `0-9`, `_` and `-`, the first a
      letter or digit. Each section is given once in a file;
    - a key: `key = value`, which belongs to the section above it and is given there once. Blanks around
      key and value are ignored; the rest of the line is the value. Keys are written exactly as below;
      the NAMEs of `header.NAME` are the same in upper and lower case.

    A value that begins and ends with a double quote keeps the blanks between its quotes, and may use
    `\"`, `\\`, `\n` and `\t`; a backslash before anything else, and a double quote without one, are
    errors. A value that begins with a double quote but does not end with one keeps the quote, with a
    warning.

    In every value, quoted or not:

    | | |
    |---|---|
    | `${NAME}` | the environment variable |
    | `${file:/path}` | the contents of a file, at most 64 KiB, without the last newline |
    | `${credential:NAME}` | the same of a file in `$CREDENTIALS_DIRECTORY` (systemd's `LoadCredential=`) |
    | `$${` | a literal `${` |

    A variable that is not set, or a file that cannot be read, is an error. The contents of both are used as they
    are: quotes, backslashes and `${` in them mean nothing. A value with any of these references is a secret: it is
    neither printed nor quoted in messages.

    ## Several files

    A device or a distribution has its settings apart from the administrator's. These files are read in this
    order:

    | | |
    |---|---|
    | `/usr/share/postern/defaults.conf` | the vendor's defaults, if the configuration file is `/etc/postern/postern.conf` |
    | the configuration file | the administrator's, and the only one that the management API changes |
    | `conf.d/*.conf` beside it | if the configuration file is called `postern.conf`: for tools that add a part each. They are read in the order of the bytes of their names; names that begin with a point are left out. At most 256 |

    Of a setting that several files give, the last one applies. A section may have a part in each file: `[integration gpt]` of
    `conf.d/10-weights.conf` with a `weight` changes nothing else of it. `system` and `system_file` of a bot replace each other. A
    file cannot remove a setting of an earlier one; it gives another value, such as `enabled = no`. Each file has the grammar and the
    limits above. Errors and warnings name the file and its line, and `check --print` shows them for each setting.

    Two environment variables name other places, for every configuration file and for standard input: `POSTERN_DEFAULTS` a file,
    and `POSTERN_CONF_D` a folder. Empty means none. Without them, a file that has another name, or is elsewhere, gets nothing of
    the host. To check a new file as it will apply, run `POSTERN_CONF_D=/etc/postern/conf.d postern check -c NEW`.

    The gateway applies a change of any of these files, and files that appear or vanish in `conf.d`. If there is no
    `/etc/postern/postern.conf` and no `-c`, the others are a configuration by themselves.

    The management API changes the configuration file alone. A setting that another file below it gives gets a line there; with
    `null` that line goes, and the other file's value applies again, unless it is a secret: then `null` is refused. What a file in `conf.d` gives cannot be changed: the answer is 409
    with `in_other_file`, which names the file and its line. Neither can a section be deleted that another file has.

    ## Other versions

    A file for a newer version may have sections, settings and words that this one does not know. They are errors, unless
    `postern run` and `postern check` have `--ignore-unknown`: then each is a warning and is ignored. A changed file keeps them. An
    integration or a channel of an unknown `type` is not asked; nor is an integration that `serves` unknown things alone. A key
    needs one of the `scopes` that this version knows.

    ## Values

    - Durations are whole numbers with `ms`, `s`, `m` or `h`; a bare number is seconds. There are no
      fractions: write `1500ms`.
    - Sizes are whole numbers of bytes, or with `K`, `M` or `G` (powers of 1024).
    - Instead of `yes` and `no` you may write `true` and `false`, `on` and `off`, or `1` and `0`. These words,
      and all others that a setting offers, may be in upper or lower case.
    - Lists are separated by commas.
    - Paths are absolute.
    - URLs are `http://` or `https://` with a host, in ASCII, without a user, a password or a fragment. `proxy`
      has forms of its own: see there.
    - Header fields may have any name except those that belong to the connection: `Connection`,
      `Content-Length`, `Expect`, `Keep-Alive`, `Proxy-Connection`, `TE`, `Trailer`,
      `Transfer-Encoding`, `Upgrade`, and `Accept-Encoding`. Their values are one line.
    - JSON strings may be written as they are: `param.user = "ann"`. If the text between the quotes is JSON
      itself, the quotes belong to the file: `"5"` is a number; write `"\"5\""` for the string.

    ## Sections
    """# + "\n"

  private static let closing = #"""
    ## Rules for the whole file

    - Without a `[bot …]` there is one named `default`.
    - A bot without an integration has one of type `echo` with the name `echo`. Its id is `echo`; if that
      is taken, by another bot's or by a section of the file, it is `echo-BOT`.
    - `listen` on anything but loopback addresses and Unix sockets needs a `[key …]`.
    - Every file that a setting names must be readable when the configuration is loaded, except for the
      `file` of `[context]` and of `[outbox]`.
    - A bot whose integrations all are disabled, fallbacks or of weight 0 gets a warning.

    ## Changes while running

    A running gateway reads the file again at SIGHUP, and when the file has changed: it was written in place,
    replaced by a rename, or a symbolic link to it leads elsewhere now. It also watches the files that the
    configuration names, and reads them again: `tls_certificate`, `tls_key`, `system_file`, `ca_file`,
    `client_certificate`, `client_key`, `${file:…}` and `${credential:…}`. After a change it waits until 100 ms have
    passed without another one, at most 1 s. Only a changed environment variable needs a restart.

    The file is validated whole. If it is valid, it applies at once to every new request: bots, integrations,
    keys, limits, the log. Exchanges in flight finish under the configuration that they began with. An integration
    keeps its connections and the state of its `breaker` as long as its name and `webhook_url` stay, and what it
    has learned of its model's context as long as `model` stays, too. With a changed `per_user`, all users start
    from zero. The log says `configuration_reloaded`.

    A changed `tls_certificate` and `tls_key` apply to new connections. Open connections stay, so no request fails
    when a certificate is renewed. The log says `certificate_changed`. If the two do not fit together, or one is
    incomplete, the pair in use stays. Postern reports that after a second, because tools replace the two files
    one after the other. `postern check`, the start, each reload and a daily check warn of a certificate that
    expires within 14 days.

    If the file is invalid, nothing changes. The same holds for a file that is missing for more than a second, and for one
    that has lost all its text, because its keys would be lost with it. The log has `configuration_invalid` for each error, with
    `FILE:LINE`, and `GET /readyz` shows them under `reasons`. Its status stays 200: the configuration
    in effect continues to serve, and a mistake in a file must not take it out of a load balancer.

    These settings apply only after a restart, and the log (`restart_needed`) and `GET /readyz` name those that have
    changed: `listen`, `socket_mode`, `control`, whether there are `tls_certificate` and `tls_key`, `memory`, `file` and
    `sync` of `[context]`, and `file` and `size` of `[outbox]`. A configuration from standard input cannot be read again, nor can the built-in default.

    ## Changes by Postern

    Postern changes the text that is on disk at that moment, and only the lines that it must: comments, blank
    lines, order, spelling, `${…}`, line ends and spacing stay. A new key is added after the last of its
    section, a new section after the last of its kind. A section is removed together with its own comment, if
    no blank line separates them.

    The new text is written beside the file, as `.FILE.postern-…`. Once it is on storage, it takes the file's place
    in one step; owner, mode, access control list, extended attributes and symbolic links stay. If another program
    saves the file at that moment, Postern notices, and makes the change again in the saved text. If the process
    may not give the new file the owner of the old one, it does not write. If a crash leaves such a file behind, the
    next start removes it.
    """# + "\n"
}
