import Bytes
import Platform

/// Reads the command line and runs the command.
func perform(_ words: [[UInt8]]) -> ExitStatus {
  StandardStreams.reserve()
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
  case .run(let words):
    return RunCommand(file: words.file, ignoresUnknown: words.has(.ignoreUnknown)).perform()
  case .check(let words):
    return CheckCommand(
      file: words.file, prints: words.has(.print), needsNoSecrets: words.has(.noSecrets),
      ignoresUnknown: words.has(.ignoreUnknown)
    ).perform()
  case .test(let file, let names, let message):
    return TestCommand(file: file, names: names, message: message).perform()
  case .key(let name): return KeyCommand(name: name).perform()
  case .importFile(let file): return ImportCommand(file: file).perform()
  case .status(let gateway, let watches, let isJSON):
    return StatusCommand(gateway: gateway, watches: watches, isJSON: isJSON).perform()
  case .chat(let words): return ChatCommand.perform(words)
  case .trace(let words): return TraceCommand(words: words).perform()
  case .conversations(let words): return ConversationsCommand(words: words).perform()
  case .outbox(let words): return OutboxCommand(words: words).perform()
  case .reload(let gateway): return ReloadCommand(gateway: gateway).perform()
  case .version(let isJSON):
    let text = isJSON ? Build.json : [UInt8]("postern ") + [UInt8](version)
    return Console.print(text + [UInt8]("\n")) ? .success : .failure
  case .help(let topic):
    return Console.print([UInt8](topic.map(Manual.page) ?? Manual.overview)) ? .success : .failure
  }
}
