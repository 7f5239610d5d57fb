import Backends
import Bytes
import Channels
import Configuration
import EventLoop
import Exchange
import HTTPClient
import Logging
import Platform

/// `postern test`: sends one message through integrations, and asks the services of channels who the bot is, all at once,
/// and shows the results.
struct TestCommand {
  let file: [UInt8]?
  let names: [[UInt8]]
  let message: [UInt8]?

  func perform() -> ExitStatus {
    let source = ConfigurationFile(option: file)
    guard let configuration = source.load()?.configuration,
      let (integrations, channels) = chosen(from: configuration, source)
    else { return .failure }
    let message = message ?? [UInt8]("Hello!")
    guard message.span.firstInvalidUTF8() == nil else {
      Console.complain("the message is not UTF-8")
      return .usage
    }
    Environment.useOneHeap()
    _ = Environment.raiseDescriptorLimit()
    do throws(SystemError) {
      let (results, lines) = try send(
        message, through: integrations, and: channels, of: configuration)
      var text: [UInt8] = []
      if !results.isEmpty { text += TestTable(results, hasColour: Console.hasColour).text }
      for line in lines { text += line.text.bytes }
      let isTold = Console.print(text)
      return isTold && results.allSatisfy { $0.report.outcome == .ok }
        && lines.allSatisfy { $0.isSuccess } ? .success : .failure
    } catch {
      Console.complain("\(error.call): \(error.reason)")
      return .failure
    }
  }

  /// The named integrations and channels in the order of the names, or all enabled ones. Reports unknown names.
  private func chosen(
    from configuration: Configuration, _ source: ConfigurationFile
  ) -> ([IntegrationSettings], [ChannelSettings])? {
    guard !names.isEmpty else {
      let enabled = configuration.integrations.filter { $0.isEnabled }
      if enabled.isEmpty { Console.complain("\(source.name) has no enabled integration") }
      return enabled.isEmpty ? nil : (enabled, configuration.channels)
    }
    var chosen: ([IntegrationSettings], [ChannelSettings]) = ([], [])
    var isComplete = true
    for name in names {
      if let integration = configuration.integrations.first(where: { $0.id == name }) {
        chosen.0.append(integration)
      } else if let channel = configuration.channels.first(where: { $0.id == name }) {
        chosen.1.append(channel)
      } else {
        Console.complain("\(source.name) has no [integration \(name)] and no [channel \(name)]")
        isComplete = false
      }
    }
    return isComplete ? chosen : nil
  }

  private func send(
    _ message: [UInt8], through integrations: [IntegrationSettings],
    and channels: [ChannelSettings], of configuration: Configuration
  ) throws(SystemError) -> ([IntegrationTest.Result], [Line]) {
    let loop = try EventLoop()
    let services = Services(
      loop: loop, client: HTTPClient(on: loop, keptConnections: integrations.count),
      log: Log(level: .error, format: .text), random: RandomSource())
    let tested = integrations.filter { $0.testedPurpose != nil }
    let collection = ResultCollection<IntegrationTest.Result>(count: tested.count)
    for (index, integration) in tested.enumerated() {
      let bot = configuration.bots.first { $0.id == integration.bot }!
      let test = IntegrationTest(of: integration, bot: bot, services: services, version: version)
      test.start(message) { collection.insert($0, at: index) }
    }
    let lines = ResultCollection<Line>(count: channels.count)
    for (index, channel) in channels.enumerated() {
      ChannelTest.start(of: channel, services) { result in
        let mark: StaticString = result.isSuccess ? "ok" : "FAILED"
        let text: Text = "channel \(channel.id): \(mark), \(result.words)\n"
        lines.insert(Line(text: text, isSuccess: result.isSuccess), at: index)
      }
    }
    while !collection.isComplete || !lines.isComplete { try loop.turn() }
    services.client.close()
    loop.close()
    let untested = integrations.filter { $0.testedPurpose == nil }.map {
      Line(
        text: "integration \($0.id): not tested, it serves audio only and a request would cost\n",
        isSuccess: true)
    }
    return (collection.results, untested + lines.results)
  }
}

/// A printed line, with its end.
private struct Line {
  let text: Text
  let isSuccess: Bool
}

/// Results as they come in, each at its place in the order of the command line.
private final class ResultCollection<Result> {
  private var places: [Result?]

  init(count: Int) {
    places = .init(repeating: nil, count: count)
  }

  var isComplete: Bool { places.allSatisfy { $0 != nil } }
  var results: [Result] { places.compactMap { $0 } }

  func insert(_ result: Result, at index: Int) {
    places[index] = result
  }
}
