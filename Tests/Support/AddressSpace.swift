#if os(Linux)
  import Glibc

  /// The address space of this process, which may be made small: the system then refuses memory as it does where there is none.
  package enum AddressSpace {
    /// How much is taken, in bytes.
    package static var taken: Int {
      let text = String(decoding: streamBytes("/proc/self/statm"), as: UTF8.self)
      return (text.split(separator: " ").first.flatMap { Int($0) } ?? 0) * Int(getpagesize())
    }

    /// Lets the process take so many bytes more and no others, for good; whether that could be had.
    package static func limit(to more: Int) -> Bool {
      let limit = rlim_t(taken + more)
      var limits = rlimit(rlim_cur: limit, rlim_max: limit)
      return setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limits) == 0
    }

    /// The bytes of a file that does not tell its length.
    private static func streamBytes(_ path: String) -> [UInt8] {
      guard let file = fopen(path, "rb") else { return [] }
      defer { fclose(file) }
      var bytes: [UInt8] = []
      while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(byte)) }
      return bytes
    }
  }
#endif
