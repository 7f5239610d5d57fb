import Backends
import Bytes
import Channels
import Configuration
import Exchange
import HTTPServer
import JSON

/// What services post to channels.
enum ChannelHandlers {
  /// `POST /v1/channels/{channel}`: an event of Slack's, or a signed message.
  static func receive(_ call: Call) throws(APIError) -> Admission {
    let (id, application) = (call.parameter(0), call.application)
    guard let channel = application.channels[id], channel.settings.kind.takesRequests else {
      throw .noSuchChannel
    }
    return call.receiveBody { request in
      // The file may have changed meanwhile.
      guard let channel = application.channels[id] else {
        return request.respond(APIError.noSuchChannel.response())
      }
      let posted = ChannelRequest(body: request.body, id: request.identifier) { request.field($0) }
      channel.take(posted) { answer(request, with: $0, from: channel, application) }
    }
  }

  private static func answer(
    _ request: Request, with response: ChannelResponse, from channel: any Channel,
    _ application: Application
  ) {
    do throws(APIError) {
      switch response {
      case .accepted:
        request.respond(Response.json { _ in })
      case .challenge(let text):
        request.respond(.json { $0.member("challenge", string: text) })
      case .message(let key):
        try accept(request, key: key, from: channel, application)
      case .refused(let refusal):
        throw APIError(refusal)
      case .unsigned:
        throw APIError(
          .invalidSignature,
          "The signature is missing, wrong, or more than 5 minutes old: check the channel's secret."
        )
      }
    } catch {
      application.refusals.note(error, of: request)
      request.respond(error.response())
    }
  }

  /// Takes a signed message. Its reply goes to the bot's callback.
  private static func accept(
    _ request: Request, key: [UInt8], from channel: any Channel, _ application: Application
  ) throws(APIError) {
    guard let bot = application.active.bots[channel.settings.bot] else { throw .noSuch(.bot) }
    let message = try MessageBody.message(in: request.body)
    channel.noteMessage()
    try application.waiting.accept(
      message, request, from: nil, for: bot, key: key, Preferences(),
      body: body(of: try .object(in: request.body), from: channel.settings))
  }

  /// The message with the channel's type as its user's platform.
  private static func body(of message: JSONValue, from channel: ChannelSettings) -> [UInt8] {
    var writer = JSONWriter(reserving: message.span.count + 64)
    writer.beginObject()
    for member in message.members where !member.isNamed("user") && !member.isNamed("stream") {
      writer.member(member)
    }
    writer.name("user")
    writer.beginObject()
    if let user = message["user"] {
      for member in user.members where !member.isNamed("platform") {
        writer.member(member)
      }
    }
    writer.member("platform", string: channel.kind.name)
    writer.endObject()
    writer.endObject()
    return writer.finish()
  }
}

extension APIError {
  fileprivate static var noSuchChannel: APIError {
    APIError(.notFound, "There is no channel of that name that takes requests.")
  }
}
