import Bytes

/// The texts of `postern help`.
enum Manual {
  /// All commands.
  static let overview: StaticString = """
    postern: a gateway between a bot and the AI backends that answer for it

    usage: postern run     [-c FILE] [--ignore-unknown]   serve in the foreground
           postern check   [-c FILE] [--print] [--no-secrets] [--ignore-unknown]  validate the configuration
           postern test    [-c FILE] [NAME…] [-m TEXT]    send one message through integrations
           postern key     [NAME]                         make an API key
           postern import  FILE                           convert a LiteLLM configuration
           postern status  [--watch] [--json]             show how the running gateway is
           postern chat    [-b BOT] [CONVERSATION]        talk to the running gateway
           postern trace   [ID | --follow]                show its last exchanges
           postern conversations [list | show ID | delete ID]  list, show or delete conversations
           postern outbox  [list | show ID | retry ID | drop ID]  list, show, retry or drop messages that wait
           postern reload                                 have it read its file again
           postern version [--json]                       print the version
           postern help    [COMMAND]                      explain a command

    The last commands before 'version' talk to a running gateway: to the control socket of the
    configuration (-c FILE), or to -u URL with the key in -k FILE or $POSTERN_KEY.
    Without -c, FILE is $POSTERN_CONFIG, else /etc/postern/postern.conf; - is standard input.
    Exit status: 0 success, 1 failure, 2 invalid command line.

    """

  /// One command.
  static func page(_ topic: Command.Topic) -> StaticString {
    switch topic {
    case .run:
      """
      usage: postern run [-c FILE] [--ignore-unknown]

      Serves in the foreground and logs to standard error. Without a configuration file it starts
      with the built-in default: it listens on 127.0.0.1:8080 and has one bot named 'default' that
      echoes.

      A changed configuration file is applied by itself, once it is valid, or at SIGHUP. At SIGTERM
      or SIGINT the gateway accepts no more requests, finishes those in flight (at most 30 s) and
      ends; a second signal ends it at once. A configuration from standard input, and the files that
      it names, are read at the start only.

      With --ignore-unknown, a section, a setting or a word that this version does not know is a
      warning and is ignored: for a host that goes back to an older version.

      """
    case .check:
      """
      usage: postern check [-c FILE] [--print] [--no-secrets] [--ignore-unknown]

      Validates the configuration and prints every error to standard error, each on a line of its
      own: FILE:LINE: message. Warnings are about values that are valid, but hardly meant; the exit
      status is 0 with them. With --print it shows the effective configuration: every setting and
      where its value comes from, secrets as ****. With --no-secrets a ${…} that has no value here
      is not an error: for a shell in which the service's variables and credentials are not set.
      With --ignore-unknown it is as tolerant as 'postern run --ignore-unknown'.

      """
    case .test:
      """
      usage: postern test [-c FILE] [NAME…] [-m TEXT]

      Sends one message through the named integrations, or through all enabled ones, without a
      running gateway. Shows the outcome, the time of each phase, and what to do about a failure.
      TEXT is the message; without -m it is 'Hello!'. Nothing is stored.

      The services of channels, named or all, are asked who the bot is: that shows whether the token
      is right. No message is sent there.

      """
    case .key:
      """
      usage: postern key [NAME]

      Makes an API key of 256 random bits. Prints the key, and the [key NAME] section to paste into
      the configuration; without NAME it is 'default'. The section has a salted digest only: the
      key is shown just this once. 'scopes' and 'bots' of the section limit what it may do.

      """
    case .status:
      """
      usage: postern status [--watch] [--json] [-c FILE | -u URL] [-k FILE]

      Shows how the running gateway is: its integrations with their state, share, latency and
      failures, the context, connections, memory, and the last reload. Under each integration that
      has failed is what went wrong last, and what to do about it.

      --watch shows it again each second, until Ctrl-C. --json prints the object of GET /v1/status.
      SHARE is the part of the bot's messages that it was drawn for, and the part that its weight
      stands for.

      """
    case .chat:
      """
      usage: postern chat [-b BOT] [-v] [CONVERSATION] [-c FILE | -u URL] [-k FILE]

      Talks to a bot of the running gateway; each line is a message. The last messages of
      CONVERSATION are shown, and it is continued; without it a new one begins. -b is needed if there
      are several bots. -v shows the attempts of each reply.

      /new begins another conversation, /quit ends. Ctrl-C stops a reply, and at the prompt it ends.
      In a pipe, each line is a message, and replies are printed as plain text; the exit status is 1
      if one of them failed.

      """
    case .trace:
      """
      usage: postern trace [ID | --follow] [-c FILE | -u URL] [-k FILE]

      Shows the last exchanges of the running gateway, a line each with what was tried; the newest is
      the last. With ID it shows one in full, with --follow each as it ends. Times are in UTC. On a
      terminal --follow outlives a restart of the gateway.

      """
    case .conversations:
      """
      usage: postern conversations [list] [-b BOT] [--user USER] [-c FILE | -u URL] [-k FILE]
             postern conversations show ID [-b BOT]
             postern conversations delete ID [-b BOT]
             postern conversations delete --user USER [-b BOT]
             postern conversations delete --bot BOT

      Lists, shows or deletes conversations of the running gateway. -b is needed with ID if there
      are several bots. What is deleted is erased from memory and file at once, without a question.
      All of these take -c, -u and -k.

      """
    case .outbox:
      """
      usage: postern outbox [list] [-c FILE | -u URL] [-k FILE]
             postern outbox show ID
             postern outbox retry ID
             postern outbox drop ID

      Lists the messages of the running gateway that wait for a reply, or whose reply waits for its
      receiver, and those that are kept for a while. 'retry' tries at once what waits for a pause, and
      sends a reply again that could not be delivered. 'drop' gives a message up and forgets it. All
      of these take -c, -u and -k.

      """
    case .reload:
      """
      usage: postern reload [-c FILE | -u URL] [-k FILE]

      Has the running gateway read its configuration file again, as SIGHUP does. Prints what it
      finds. If the file is invalid, nothing changes, and the exit status is 1.

      """
    case .importFile:
      """
      usage: postern import FILE

      Prints the configuration of LiteLLM's proxy, a YAML file, as one of Postern's. A model becomes
      a bot, its deployments become integrations, and what has no equivalent a comment at its place.
      Keys that are written out become ${NAME}, with a comment that says which variable to set. FILE
      may be - for standard input. Review the result, then run 'postern check --no-secrets' on it.

      """
    case .version:
      """
      usage: postern version [--json]

      Prints the version. With --json it prints an object, with the build and the versions of the
      libraries that are in use.

      """
    case .help:
      """
      usage: postern help [COMMAND]

      Lists the commands, or explains one.

      """
    }
  }
}
