package import Bytes
import Configuration
import HTTPClient
package import Platform
import Protocols

/// The counts of integrations since the beginning and for the last day, which outlive the process.
///
/// Integrations count by themselves; see ``IntegrationStatistics``. The ledger knows what they had counted at the start of
/// the hour, and so what belongs to which hour. One that the configuration no longer has is kept, for it to come back.
package final class StatisticsLedger {
  /// The hours of the last day, the current one included.
  private static let hours = 24
  /// The most integrations that the configuration does not have.
  private static let mostGone = 64
  private static let version = 1
  private static let hour: Int64 = 3_600_000
  /// An hour of 2020: before it, the clock was not set.
  private static let clockIsSet: Int64 = 438_288
  /// The end of the year 9999, which is the last that is written with four digits.
  private static let latest: Int64 = 253_402_300_799_999

  private final class Entry {
    let id: [UInt8]
    /// When it was first seen, in milliseconds since 1970.
    var since: Int64
    /// What was counted before ``statistics``.
    var before = StatisticCounts()
    /// What counts now; `nil` for an integration that the configuration does not have.
    var statistics: IntegrationStatistics?
    /// What was counted until the current hour.
    var mark = StatisticCounts()
    /// What was counted in earlier hours since 1970, the oldest first; hours without any are left out.
    var hours: [(hour: Int64, counts: StatisticCounts)] = []

    init(_ id: [UInt8], since: Int64) {
      self.id = id
      self.since = since
    }

    /// Whether the configuration does not have it.
    var isGone: Bool { statistics == nil }

    var total: StatisticCounts {
      var total = before
      if let statistics { total.add(statistics.counts) }
      return total
    }

    /// What was counted in the current hour.
    var current: StatisticCounts {
      var current = total
      current.add(mark, times: -1)
      return current
    }

    @inline(never)
    func write(to writer: RecordWriter, hours hasHours: Bool, current hour: Int64) {
      writer.put(id)
      writer.put(since)
      total.write(to: writer)
      writer.put(hasHours ? hours.count + 1 : 0)
      guard hasHours else { return }
      for part in hours {
        writer.put(part.hour)
        part.counts.write(to: writer)
      }
      writer.put(hour)
      current.write(to: writer)
    }

    /// Moves what happened before the clock was set by as many hours as the clock has.
    func move(by hours: Int64) {
      if since < StatisticsLedger.clockIsSet * StatisticsLedger.hour {
        since += hours * StatisticsLedger.hour
      }
      for index in self.hours.indices where self.hours[index].hour < StatisticsLedger.clockIsSet {
        self.hours[index].hour += hours
      }
    }

    @inline(never)
    func add(_ counts: StatisticCounts, hour: Int64) {
      guard !counts.isZero else { return }
      if hours.last?.hour == hour {
        hours[hours.count - 1].counts.add(counts)
      } else {
        hours.append((hour, counts))
      }
    }
  }

  private var entries: [Entry] = []
  /// The current hour since 1970.
  private var hour: Int64

  /// An empty ledger.
  package init(at time: WallTime = .now) {
    hour = time.milliseconds / Self.hour
  }

  /// The ids of the integrations that the configuration does not have.
  package var gone: [[UInt8]] {
    var gone: [[UInt8]] = []
    for entry in entries where entry.isGone { gone.append(entry.id) }
    return gone
  }

  /// Counts for these integrations from now on.
  package func adopt(_ integrations: [Integration], at time: WallTime = .now) {
    note(time)
    for entry in entries {
      let same = integrations.first { $0.settings.id == entry.id }
      if same?.statistics !== entry.statistics {
        entry.before = entry.total
        entry.statistics = same?.statistics
        if let same { entry.before.add(same.statistics.counts, times: -1) }
      }
    }
    for integration in integrations where entry(integration.settings.id) == nil {
      let entry = Entry(integration.settings.id, since: time.milliseconds)
      entry.statistics = integration.statistics
      entries.append(entry)
    }
    while gone.count > Self.mostGone,
      let oldest = entries.firstIndex(where: { $0.statistics == nil })
    {
      entries.remove(at: oldest)
    }
  }

  /// Notes what time it is, after something was counted.
  package func note(_ time: WallTime) {
    let now = time.milliseconds / Self.hour
    guard now != hour else { return }
    let isFirstSet = hour < Self.clockIsSet && now >= Self.clockIsSet
    for entry in entries {
      entry.add(entry.current, hour: hour)
      if isFirstSet { entry.move(by: now - hour) }
      entry.mark = entry.total
      entry.hours.removeAll { $0.hour <= now - Int64(Self.hours) }
      // The clock may have been set back.
      if entry.hours.count > 2 * Self.hours { entry.hours.removeFirst() }
    }
    hour = now
  }

  /// Whether anything was counted since ``write(within:)``.
  package var isChanged: Bool {
    for entry in entries where entry.statistics?.isChanged == true { return true }
    return false
  }

  /// What an integration has counted since the beginning, and when that was, in milliseconds since 1970.
  package func total(of integration: Integration) -> (since: Int64, counts: StatisticCounts) {
    guard let entry = entry(integration.settings.id) else { return (0, StatisticCounts()) }
    return (entry.since, entry.total)
  }

  /// What an integration has counted in this hour and the 23 before it, and when the first of them began.
  package func day(of integration: Integration) -> (since: Int64, counts: StatisticCounts) {
    guard let entry = entry(integration.settings.id) else { return (0, StatisticCounts()) }
    var counts = entry.current
    for earlier in entry.hours { counts.add(earlier.counts) }
    return (max(entry.since, (hour - Int64(Self.hours - 1)) * Self.hour), counts)
  }

  private func entry(_ id: [UInt8]) -> Entry? { entries.first { $0.id == id } }

  // MARK: The file

  /// Writes everything for ``restore(from:)``, in at most `limit` bytes. If there is not enough room the hours are left
  /// out, and if that is not enough the last integrations. Returns whether all of it is there.
  package func write(to buffer: ByteBuffer, within limit: Int) -> Bool {
    for entry in entries { entry.statistics?.isChanged = false }
    write(to: buffer, hours: true)
    guard buffer.count > limit else { return true }
    write(to: buffer, hours: false)
    var count = entries.count
    while buffer.count > limit, count > 0 {
      count = count * 3 / 4
      write(to: buffer, hours: false, entries: count)
    }
    return false
  }

  @inline(never)
  private func write(to buffer: ByteBuffer, hours: Bool, entries count: Int = .max) {
    buffer.truncate(to: 0)
    let writer = RecordWriter(buffer: buffer)
    var left = min(count, entries.count)
    writer.put(Self.version)
    writer.put(left)
    for isGone in [false, true] {
      for entry in entries where entry.isGone == isGone && left > 0 {
        left -= 1
        entry.write(to: writer, hours: hours, current: hour)
      }
    }
  }

  /// Takes what an earlier process has written. Returns `false`, and takes nothing, if it is damaged.
  package func restore(from bytes: [UInt8]) -> Bool {
    var reader = RecordReader(bytes.span)
    guard reader.number() == Self.version else { return false }
    var restored: [Entry] = []
    var entriesLeft = reader.number()
    while reader.isValid, entriesLeft > 0 {
      entriesLeft -= 1
      let id = reader.text().copied
      let entry = Entry(id, since: min(reader.wideNumber(), Self.latest))
      entry.before = StatisticCounts(&reader)
      var hoursLeft = reader.number()
      while reader.isValid, hoursLeft > 0 {
        hoursLeft -= 1
        let hour = reader.wideNumber()
        let counts = StatisticCounts(&reader)
        if hour > self.hour - Int64(Self.hours) { entry.add(counts, hour: hour) }
      }
      entry.mark = entry.before
      restored.append(entry)
    }
    guard reader.isValid else { return false }
    entries = restored
    return true
  }
}
