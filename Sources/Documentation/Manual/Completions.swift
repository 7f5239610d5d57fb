/// The completions of the shells, from what `postern help` says.
enum Completions {
  private static let heading = "# scripts/document writes this file.\n"

  private static var commands: [CommandHelp.Command] { CommandHelp.current.commands }
  private static var names: String { commands.map(\.name).joined(separator: " ") }

  /// Options whose value is a file, and those with another value, of all commands.
  private static func options(withFile: Bool) -> String {
    var names: [String] = []
    for option in commands.flatMap(\.options) where option.value != nil {
      if (option.value == "FILE") == withFile, !names.contains(option.name) {
        names.append(option.name)
      }
    }
    return names.joined(separator: "|")
  }

  /// For bash.
  static var bash: String {
    var cases = ""
    for command in commands {
      let words =
        command.name == "help"
        ? names : (command.options.map(\.name) + command.literals).joined(separator: " ")
      cases += "    \(command.name)) words='\(words)' ;;\n"
    }
    return heading + """
      _postern() {
        local current=${COMP_WORDS[COMP_CWORD]} words=
        COMPREPLY=()
        case ${COMP_WORDS[COMP_CWORD - 1]} in
          \(options(withFile: true))|import)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return
            ;;
          \(options(withFile: false))) return ;;
        esac
        if [ "$COMP_CWORD" = 1 ]; then
          words='\(names)'
        else
          case ${COMP_WORDS[1]} in
      \(cases)    esac
        fi
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
      }
      complete -o filenames -F _postern postern

      """
  }

  /// For zsh.
  static var zsh: String {
    var list = ""
    var cases = ""
    for command in commands {
      list += "    '\(command.name):\(command.summary)'\n"
      var words = command.options.map { option in
        let value = option.value.map { $0 == "FILE" ? ":file:_files" : ":\($0):" } ?? ""
        return "'\(option.name)\(value.isEmpty ? "" : "+")[\(option.value ?? "")]\(value)'"
          .replacing("[]", with: "")
      }
      if command.name == "help" { words.append("'1:command:(\(names))'") }
      if command.name == "import" { words.append("'1:file:_files'") }
      if !command.literals.isEmpty {
        words.append("'1:what:(\(command.literals.joined(separator: " ")))'")
      }
      cases += "    \(command.name)) _arguments \(words.joined(separator: " ")) ;;\n"
    }
    return "#compdef postern\n" + heading + """
      _postern() {
        local -a commands=(
      \(list)  )
        if (( CURRENT == 2 )); then
          _describe command commands
          return
        fi
        local command=$words[2]
        shift words
        (( CURRENT-- ))
        case $command in
      \(cases)  esac
      }
      _postern "$@"

      """
  }

  /// For fish.
  static var fish: String {
    var text = heading + "complete -c postern -f\n"
    for command in commands {
      text += "complete -c postern -n __fish_use_subcommand -a \(command.name)"
      text += " -d '\(command.summary)'\n"
    }
    for command in commands {
      let start = "complete -c postern -n '__fish_seen_subcommand_from \(command.name)'"
      for option in command.options {
        let flag = option.name.hasPrefix("--") ? "-l" : "-s"
        let value = option.value.map { $0 == "FILE" ? " -r -F" : " -x" } ?? ""
        text += "\(start) \(flag) \(option.name.drop { $0 == "-" })\(value)\n"
      }
      if command.name == "import" { text += "\(start) -F\n" }
      let literals = command.name == "help" ? commands.map(\.name) : command.literals
      if !literals.isEmpty { text += "\(start) -a '\(literals.joined(separator: " "))'\n" }
    }
    return text
  }
}
