import Backends
import Bytes
import Configuration
import EventLoop
import Exchange
import HTTPClient
import Logging
import Platform

/// `postern test`: sends one message through integrations, all at once, and shows the results.
struct TestCommand {
  let file: [UInt8]?
  let names: [[UInt8]]
  let message: [UInt8]?

  func perform() -> ExitStatus {
    let source = ConfigurationFile(option: file)
    guard let configuration = source.load()?.configuration,
      let integrations = chosen(from: configuration, source)
    else { return .failure }
    let message = message ?? [UInt8]("Hello!")
    guard message.span.firstInvalidUTF8() == nil else {
      Console.complain("the message is not UTF-8")
      return .usage
    }
    Environment.useOneHeap()
    _ = Environment.raiseDescriptorLimit()
    do throws(SystemError) {
      let results = try send(message, through: integrations, of: configuration)
      let isTold = Console.print(TestTable(results, hasColour: Console.hasColour).text)
      return isTold && results.allSatisfy { $0.report.outcome == .ok } ? .success : .failure
    } catch {
      Console.complain("\(error.call): \(error.reason)")
      return .failure
    }
  }

  /// The named integrations in the order of the names, or all enabled ones. Reports unknown names.
  private func chosen(
    from configuration: Configuration, _ source: ConfigurationFile
  ) -> [IntegrationSettings]? {
    guard !names.isEmpty else {
      let enabled = configuration.integrations.filter { $0.isEnabled }
      if enabled.isEmpty { Console.complain("\(source.name) has no enabled integration") }
      return enabled.isEmpty ? nil : enabled
    }
    var chosen: [IntegrationSettings] = []
    var isComplete = true
    for name in names {
      if let integration = configuration.integrations.first(where: { $0.id == name }) {
        chosen.append(integration)
      } else {
        Console.complain("\(source.name) has no [integration \(name)]")
        isComplete = false
      }
    }
    return isComplete ? chosen : nil
  }

  private func send(
    _ message: [UInt8], through integrations: [IntegrationSettings], of configuration: Configuration
  ) throws(SystemError) -> [IntegrationTest.Result] {
    let loop = try EventLoop()
    let services = Services(
      loop: loop, client: HTTPClient(on: loop, keptConnections: integrations.count),
      log: Log(level: .error, format: .text), random: RandomSource())
    let collection = ResultCollection(count: integrations.count)
    for (index, integration) in integrations.enumerated() {
      let bot = configuration.bots.first { $0.id == integration.bot }!
      let test = IntegrationTest(of: integration, bot: bot, services: services, version: version)
      test.start(message) { collection.insert($0, at: index) }
    }
    while !collection.isComplete { try loop.turn() }
    services.client.close()
    loop.close()
    return collection.results
  }
}

/// Results as they come in, each at its place in the order of the command line.
private final class ResultCollection {
  private var places: [IntegrationTest.Result?]

  init(count: Int) {
    places = .init(repeating: nil, count: count)
  }

  var isComplete: Bool { places.allSatisfy { $0 != nil } }
  var results: [IntegrationTest.Result] { places.compactMap { $0 } }

  func insert(_ result: IntegrationTest.Result, at index: Int) {
    places[index] = result
  }
}
