import Testing

@testable import TheanoArrays

@Suite("Elements converted between dtypes, and read as Swift values") struct ConversionTests {
  @Test func floatsToIntegers() {
    let floats = NDArray([
      -1e30, -129.5, -1.9, -0.5, 0.5, 1.9, 127.9, 255.5, 1e30, .nan, .infinity, -.infinity,
    ])
    #expect([Int8](floats.astype(.int8)) == [-128, -128, -1, 0, 0, 1, 127, 127, 127, 0, 127, -128])
    #expect([UInt8](floats.astype(.uint8)) == [0, 0, 0, 0, 0, 1, 127, 255, 255, 0, 255, 0])
    let edges = NDArray([
      9_223_372_036_854_775_807.0, 9_223_372_036_854_774_784.0, -9_223_372_036_854_775_808.0,
    ])
    #expect([Int64](edges.astype(.int64)) == [.max, 9_223_372_036_854_774_784, .min])
    #expect([UInt64](NDArray([18_446_744_073_709_551_616.0, -1]).astype(.uint64)) == [.max, 0])
    #expect([Int32](NDArray([Float(2_147_483_648), -2_147_483_648]).astype(.int32)) == [.max, .min])
    #expect([Bool](floats.astype(.bool)) == Array(repeating: true, count: 12))
    #expect([Bool](NDArray([0.0, -0.0]).astype(.bool)) == [false, false])
  }

  @Test func integersKeepTheirLowBits() {
    #expect([Int8](NDArray([128, -129, 256, 1]).astype(.int8)) == [-128, 127, 0, 1])
    #expect([UInt16](NDArray([-1, 65536]).astype(.uint16)) == [65535, 0])
    #expect([UInt64](NDArray([-1]).astype(.uint64)) == [.max])
    #expect([Int64](NDArray([UInt64.max]).astype(.int64)) == [-1])
    #expect([Double](NDArray([UInt64.max]).astype(.float64)) == [18_446_744_073_709_551_616])
    #expect([Float](NDArray([16_777_217, 33_554_435]).astype(.float32)) == [16_777_216, 33_554_436])
  }

  @Test func complexNumbers() {
    let z = NDArray(real: [1, 0], imaginary: [0.0, 2])
    #expect(z.dtype == .complex128)
    #expect(z.real == NDArray([1.0, 0]) && z.imaginary == NDArray([0.0, 2]))
    #expect(z.astype(.float32) == NDArray([1, 0], dtype: .float32))
    #expect(z.astype(.bool) == NDArray([true, true]))
    #expect(z.astype(.complex64).astype(.complex128) == z)
    #expect(NDArray([3]).astype(.complex64).real == NDArray([3], dtype: .float32))
    #expect(NDArray([3]).imaginary == NDArray([0]))
    let matrix = NDArray(real: NDArray([[1.0], [2]]), imaginary: NDArray([3.0, 4]))
    #expect(matrix.shape == [2, 2] && matrix.T.imaginary == NDArray([[3.0, 3], [4, 4]]))
    #expect(throws: TheanoError.self) { try NDArray.Checked.complex(real: [1, 2], imaginary: [1, 2, 3]) }
  }

  /// Every value of the 16-bit floats goes to `Double` and back, and the middles between neighbours round to even.
  @Test(arguments: [10, 7]) func smallFloats(fractionBits: Int) {
    let infinity = UInt16((1 << (15 - fractionBits)) - 1) << UInt16(fractionBits)
    var failures = 0
    for bits in 0...UInt16.max {
      let value = SmallFloat.decode(bits, fractionBits: fractionBits)
      let back = SmallFloat.encode(value, fractionBits: fractionBits)
      if value.isNaN {
        failures +=
          SmallFloat.decode(back, fractionBits: fractionBits).isNaN && bits & 0x7fff > infinity ? 0 : 1
        continue
      }
      failures += back == bits ? 0 : 1
      if bits & 0x7fff < infinity - 1 {
        let next = SmallFloat.decode(bits + 1, fractionBits: fractionBits)
        let middle = value + (next - value) / 2
        let even = bits & 1 == 0 ? bits : bits + 1
        failures += SmallFloat.encode(middle, fractionBits: fractionBits) == even ? 0 : 1
        let above = bits & 0x8000 == 0 ? middle.nextUp : middle.nextDown
        failures += SmallFloat.encode(above, fractionBits: fractionBits) == bits + 1 ? 0 : 1
      }
    }
    #expect(failures == 0)
    #expect(BFloat16(1.0).bits == 0x3f80 && Half(1.0).bits == 0x3c00)
    #expect(Half(65520).bits == 0x7c00 && Half(65519.99).bits == 0x7bff)
  }

  #if !(os(macOS) && arch(x86_64))
    @Test func halfAgreesWithFloat16() {
      var failures = 0
      for bits in 0...UInt16.max where !Float16(bitPattern: bits).isNaN {
        failures += Half(bits: bits).double == Double(Float16(bitPattern: bits)) ? 0 : 1
      }
      var generator = RandomGenerator(seed: 1)
      for _ in 0..<20_000 {
        let value = Double(
          sign: .plus, exponent: Int.random(in: -30...20, using: &generator),
          significand: .random(in: 1..<2, using: &generator))
        failures += Half(value).bits == Float16(value).bitPattern ? 0 : 1
      }
      #expect(failures == 0)
    }
  #endif

  @Test func largeIntegersAreRoundedOnce() {
    // Just above the middle between two bfloat16s, but on it once rounded to 53 bits.
    let value: Int64 = (1 << 62) + (1 << 54) + 1
    #expect(BFloat16(carrying: value).bits == BFloat16(0x1p62 + 0x1p55).bits)
    #expect(BFloat16(carrying: -value).bits == BFloat16(-0x1p62 - 0x1p55).bits)
    #expect(BFloat16(carrying: value - 1).bits == BFloat16(0x1p62).bits)
  }

  @Test func items() throws {
    #expect(try NDArray([[2.5]]).item(as: Double.self) == 2.5)
    #expect(try NDArray(scalar: 3).item(as: Double.self) == 3)
    #expect(try NDArray([3.0]).item(as: Int.self) == 3)
    #expect(try NDArray(scalar: Float(0.1)).item(as: Double.self) == Double(Float(0.1)))
    #expect(try NDArray(scalar: 0.1).item(as: Float.self) == 0.1)
    #expect(try NDArray(true).item(as: Bool.self))
    #expect(Int(NDArray([7])) == 7 && Float(NDArray(scalar: 0.5)) == 0.5 && Bool(NDArray([1])))
    #expect(throws: TheanoError.self) { try NDArray([1, 2]).item(as: Int.self) }
    #expect(throws: TheanoError.self) { try NDArray([2.5]).item(as: Int.self) }
    #expect(throws: TheanoError.self) { try NDArray([300]).item(as: UInt8.self) }
    #expect(throws: TheanoError.self) { try NDArray([-1]).item(as: UInt64.self) }
    #expect(throws: TheanoError.self) { try NDArray([UInt64.max]).item(as: Int64.self) }
    #expect(throws: TheanoError.self) { try NDArray([Double.nan]).item(as: Int.self) }
    #expect(throws: TheanoError.self) { try NDArray([2]).item(as: Bool.self) }
    #expect(throws: TheanoError.self) { try NDArray(real: 1, imaginary: 1).item(as: Double.self) }
  }

  /// At the ends of every integer type, read from every float type and the other way: the value itself or an error.
  @Test func itemsAtTheEnds() {
    /// A power of two, its neighbours in every float type, and what is no whole number or no `Float`.
    func around(_ exponent: Int) -> [Double] {
      let power = Double(sign: .plus, exponent: exponent, significand: 1)
      return [power, power - 1, power + 1, power.nextUp, power.nextDown]
        + [10, 7, 23].flatMap { digits -> [Double] in
          let step = Double(sign: .plus, exponent: exponent - digits, significand: 1)
          return [power + step, power - step / 2]
        }
    }
    func check<I: FixedWidthInteger & NDArrayScalar>(_: I.Type) {
      let ends = around(I.bitWidth - 1) + around(I.bitWidth)
      let candidates = ends + ends.map { -$0 } + [0, -0.0, 0.5, 1, .nan, .infinity, -.infinity]
      for dtype in DType.allCases where dtype.isFloating || dtype.isComplex {
        var wrong: [Double] = []
        for candidate in candidates {
          let array = NDArray([candidate]).astype(dtype)
          let value = [Double](array)[0]
          if (try? array.item(as: I.self)) != I(exactly: value) { wrong.append(value) }
        }
        #expect(wrong.isEmpty, "\(dtype) as \(I.self): \(wrong)")
      }
      for integer in [I.max, I.max - 1, I.max / 2, I.max / 2 + 1, I.min, I.min + 1] {
        let array = NDArray([integer])
        #expect((try? array.item(as: Float.self)) == Float(exactly: integer), "\(integer)")
        #if !(os(macOS) && arch(x86_64))
          #expect((try? array.item(as: Float16.self)) == Float16(exactly: integer), "\(integer)")
        #endif
      }
    }
    check(Int8.self)
    check(Int16.self)
    check(Int32.self)
    check(Int64.self)
    check(Int.self)
    check(UInt8.self)
    check(UInt16.self)
    check(UInt32.self)
    check(UInt64.self)
    check(UInt.self)
    #expect((try? NDArray([Float(2_147_483_648)]).item(as: Int32.self)) == nil)
    #expect((try? NDArray([9_223_372_036_854_775_808.0]).item(as: Int.self)) == nil)
    #expect((try? NDArray(real: 3, imaginary: 0).item(as: Int.self)) == 3)
    #expect((try? NDArray(real: 3, imaginary: 1).item(as: Int.self)) == nil)
    #expect((try? NDArray(real: 0.5, imaginary: 0).item(as: Double.self)) == 0.5)
  }

  @Test func swiftArrays() throws {
    let a = NDArray([[1, 2], [3, 4]])
    #expect([Double](a) == [1, 2, 3, 4])
    #expect([[Int]](a.T) == [[1, 3], [2, 4]])
    #expect([[[Float]]](a.reshaped(2, 1, 2)) == [[[1, 2]], [[3, 4]]])
    #expect(throws: TheanoError.self) { try [[Int]](reading: NDArray([1, 2])) }
  }

  @Test func boolsFromForeignBytes() {
    var bytes: [UInt8] = [0, 1, 2, 255]
    bytes.withUnsafeMutableBytes { memory in
      let owner = HostBuffer(byteCount: 8, zeroed: true)!
      let array = NDArray(
        adopting: memory.baseAddress!, shape: [4], dtype: .bool, readOnly: true, owner: owner)
      #expect([Bool](array) == [false, true, true, true])
      #expect([UInt8](array.astype(.uint8)) == [0, 1, 1, 1])
      #expect(array.copied().withUnsafeBytes { Array($0) } == [0, 1, 1, 1])
      #expect(array.withUnsafeBuffer(of: Bool.self) { Array($0) } == [false, true, true, true])
      #expect(array == NDArray([false, true, true, true]))
    }
  }
}
