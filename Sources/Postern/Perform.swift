import Bytes
import Platform

/// Reads the command line and runs the command.
func perform(_ words: [[UInt8]]) -> ExitStatus {
  SignalQueue.ignoreFailedWrites()
  let command: Command
  do throws(UsageError) {
    command = try Command(words)
  } catch {
    Console.complain("\(error.message)")
    Console.complain([UInt8]("Try 'postern help'.\n"))
    return .usage
  }
  switch command {
  case .run(let file): return RunCommand(file: file).perform()
  case .check(let file, let prints, let needsNoSecrets):
    return CheckCommand(file: file, prints: prints, needsNoSecrets: needsNoSecrets).perform()
  case .test(let file, let names, let message):
    return TestCommand(file: file, names: names, message: message).perform()
  case .key(let name): return KeyCommand(name: name).perform()
  case .importFile(let file): return ImportCommand(file: file).perform()
  case .status(let gateway, let watches, let isJSON):
    return StatusCommand(gateway: gateway, watches: watches, isJSON: isJSON).perform()
  case .chat(let words): return ChatCommand.perform(words)
  case .trace(let words): return TraceCommand(words: words).perform()
  case .conversations(let words): return ConversationsCommand(words: words).perform()
  case .reload(let gateway): return ReloadCommand(gateway: gateway).perform()
  case .version:
    return Console.print([UInt8]("postern ") + [UInt8](version) + [UInt8]("\n"))
      ? .success : .failure
  case .help(let topic):
    return Console.print([UInt8](topic.map(Manual.page) ?? Manual.overview)) ? .success : .failure
  }
}
