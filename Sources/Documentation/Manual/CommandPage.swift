/// The man page of the commands, postern(1).
enum CommandPage {
  /// The whole page, mdoc(7).
  static var text: String {
    let help = CommandHelp.current
    var text = Roff.head(
      "postern", section: 1,
      summary: "gateway between a bot and the AI backends that answer for it")
    text += ".Sh SYNOPSIS\n"
    for command in help.commands {
      for usage in command.usages { text += Roff.usage(usage) }
    }
    text += """
      .Sh DESCRIPTION
      .Nm
      takes messages over HTTP, keeps the conversations, splits the traffic between
      AI backends by weight, and asks the next backend when one fails.
      The configuration file is described in
      .Xr postern.conf 5 .
      .Pp

      """
    text += body(help.notes)
    for command in help.commands {
      text += ".Ss \(command.name)\n"
      for usage in command.usages { text += Roff.usage(usage) }
      text += ".Pp\n" + body(command.text)
    }
    return text + """
      .Sh ENVIRONMENT
      .Bl -tag -width Ds
      .It Ev POSTERN_CONFIG
      The configuration file, for commands without
      .Fl c .
      .It Ev CREDENTIALS_DIRECTORY
      The folder of
      .Li ${credential:NAME} ;
      systemd sets it.
      .El
      .Sh FILES
      .Bl -tag -width Ds
      .It Pa /etc/postern/postern.conf
      The configuration.
      .It Pa /usr/share/postern/postern.conf
      A sample with every setting.
      .It Pa /var/lib/postern
      The folder for conversations.
      .El
      .Sh EXIT STATUS
      0 for success, 1 for a failure, 2 for an invalid command line.
      .Sh SEE ALSO
      .Xr systemctl 1 ,
      .Xr postern.conf 5

      """
  }

  /// Paragraphs; indented lines stay as they are.
  private static func body(_ text: String) -> String {
    let paragraphs = text.components(separatedBy: "\n\n").map { paragraph in
      let isLiteral = paragraph.split(separator: "\n").contains { $0.hasPrefix(" ") }
      let text = Roff.escaped(paragraph)
      return isLiteral ? ".Bd -literal\n\(text)\n.Ed\n" : Roff.lines(text)
    }
    return paragraphs.filter { !$0.isEmpty }.joined(separator: ".Pp\n")
  }
}
