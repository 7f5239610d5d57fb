import Backends
import Bytes
import Configuration
import EventLoop
import Exchange
import HTTPServer
import JSON
import Platform

/// The endpoints for monitors, and for programs that generate clients.
enum OperationHandlers {
  /// `GET /healthz`: that the process is alive.
  static func health(_ call: Call) -> Admission {
    .answer(response("ok", 200))
  }

  /// `GET /readyz`: whether messages are welcome, and what is wrong, as ``Application/reasons`` has it.
  static func readiness(_ call: Call) -> Admission {
    let status = call.application.status
    if status.isDraining { return .answer(response("stopping", 503)) }
    let reasons = call.application.reasons
    let mayRead = reasons.isEmpty || call.application.active.access.mayReadAll(call.request)
    let isReady = call.application.canAnswer
    return .answer(
      response(
        isReady ? "ready" : "no_backend", isReady ? 200 : 503,
        mayRead ? reasons : [[UInt8](hidden)]))
  }

  /// What a client without the right to read the reasons gets instead.
  private static let hidden: StaticString = "there are reasons: a key of scope read shows them"

  /// `GET /openapi.json`: the description of this interface.
  static func openAPI(_ call: Call) -> Admission {
    .answer(call.application.openAPI.response(to: call.request))
  }

  private static func response(
    _ word: StaticString, _ status: Int, _ faults: [[UInt8]] = []
  ) -> Response {
    .json(status: status) { writer in
      writer.member("status", string: word)
      guard !faults.isEmpty else { return }
      writer.name("reasons")
      writer.beginArray()
      for fault in faults { writer.string(fault.span) }
      writer.endArray()
    }
  }
}
