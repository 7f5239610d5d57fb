import Bytes

/// What `postern help` prints.
enum Manual {
  /// All commands.
  static let overview: StaticString = """
    postern: the gateway between a bot and the AI backends that answer for it

    usage: postern run     [-c FILE]                      serve in the foreground
           postern check   [-c FILE] [--print]            validate the configuration
           postern test    [-c FILE] [NAME…] [-m TEXT]    send one message through integrations
           postern key     [NAME]                         make an API key
           postern version                                print the version
           postern help    [COMMAND]                      explain a command

    -c FILE is $POSTERN_CONFIG if not given, else /etc/postern/postern.conf; - is standard input.
    Exit status: 0 success, 1 what was asked about is not well, 2 wrong usage.

    """

  /// One command.
  static func page(_ topic: Command.Topic) -> StaticString {
    switch topic {
    case .run:
      """
      usage: postern run [-c FILE]

      Serves in the foreground and logs to standard error. Without -c, $POSTERN_CONFIG and
      /etc/postern/postern.conf, it starts on the built-in default: 127.0.0.1:8080, one bot named
      'default' that echoes. SIGTERM and SIGINT stop accepting, finish what is in flight (at most
      30 s) and end; a second one ends at once. SIGHUP reads the configuration again, as does a
      change of the file.

      """
    case .check:
      """
      usage: postern check [-c FILE] [--print]

      Validates the configuration: every error on a line of its own, FILE:LINE: message, on
      standard error. --print shows the effective configuration, each setting with where it comes
      from, secrets as ****.

      """
    case .test:
      """
      usage: postern test [-c FILE] [NAME…] [-m TEXT]

      Sends one message through the named integrations (all enabled ones if none is named) without
      a running gateway, and shows what came of it, how long each phase took, and what to do about
      a failure. -m TEXT is the message, 'Hello!' if not given. Nothing is kept of it.

      """
    case .key:
      """
      usage: postern key [NAME]

      Makes an API key of 256 random bits. Prints it, and the [key NAME] section to paste into the
      configuration ('default' if no name is given), which has a salted digest of it alone: the key
      is shown this once. 'scopes' and 'bots' of the section say what it is good for.

      """
    case .version:
      """
      usage: postern version

      Prints the version.

      """
    case .help:
      """
      usage: postern help [COMMAND]

      Lists the commands, or explains one.

      """
    }
  }
}
