import Backends
import Bytes
import Configuration
import EventLoop
import Exchange
import HTTPServer
import JSON
import Platform
import Protocols

/// The flight recorder.
enum ExchangeHandlers {
  /// `GET /v1/exchanges`: the last exchanges, or each as it ends.
  static func list(_ call: Call) throws(APIError) -> Admission {
    let filter = try ExchangeFilter(call.request.target, for: call.key)
    let (application, request) = (call.application, call.request)
    let accepted = request.list("Accept") ?? []
    if AcceptList.accepts("text/event-stream", in: accepted.span) == true {
      guard application.followers.hasRoom else { throw .tooManyFollowers }
      return call.receiveBody { application.followers.add($0, filter) }
    }
    let page = try Page(request.target)
    return call.receiveBody { $0.respond(list(page, filter, of: application)) }
  }

  /// `GET /v1/exchanges/{exchange}`
  static func read(_ call: Call) throws(APIError) -> Admission {
    let id = call.parameter(0)
    let filter = try ExchangeFilter(nil, for: call.key)
    var response: Response?
    call.application.dispatcher.recorder.visit { record in
      guard record.id.equals(id.span) || record.request.equals(id.span), filter.matches(record)
      else { return true }
      response = .json { writer in
        writer.name("data")
        record.write(to: &writer)
      }
      return false
    }
    guard let response else { throw call.key.missing(.noSuchExchange) }
    return .answer(response)
  }

  /// A page of the exchanges, the last to end first.
  @inline(never)
  private static func list(
    _ page: Page, _ filter: ExchangeFilter, of application: Application
  ) -> Response {
    .json { writer in
      writer.name("data")
      writer.beginArray()
      var place = 0
      application.dispatcher.recorder.visit { record in
        guard filter.matches(record) else { return true }
        if page.start..<page.start + page.size ~= place { record.write(to: &writer) }
        place += 1
        return true
      }
      writer.endArray()
      page.writeMeta(total: place, to: &writer)
    }
  }
}

extension APIError {
  /// 404 for an exchange that the recorder does not have.
  fileprivate static var noSuchExchange: APIError {
    APIError(
      .exchangeNotFound,
      "There is no such exchange: only the last ones are kept ([recorder] memory).")
  }

  /// 503 for one more stream of exchanges.
  fileprivate static var tooManyFollowers: APIError {
    .tryAgain(
      .overloaded,
      "\(ExchangeFollowers.most) clients follow the exchanges already: close one of their streams.",
      afterSeconds: 10)
  }
}
