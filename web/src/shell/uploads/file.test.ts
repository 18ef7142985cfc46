import { expect, it } from 'vitest'
import { announcedName, fileMistake, fileType, isShown, MAX_BYTES } from './file'

it('uses the extension, whatever type the system reports', () => {
  expect(fileType('Report.PDF')).toBe('application/pdf')
  expect(fileType('photo.jpeg')).toBe('image/jpeg')
  expect(fileType('export.csv')).toBe('text/csv')
  for (const name of ['macro.docm', 'archive.zip', 'page.html', 'noending', 'pdf', 'a.pdf.exe', 'x.__proto__'])
    expect(fileType(name)).toBeUndefined()
})

it('explains why a file is unsupported before the upload', () => {
  expect(fileMistake({ name: 'a.pdf', size: 1 })).toBeUndefined()
  expect(fileMistake({ name: 'a.pdf', size: MAX_BYTES })).toBeUndefined()
  expect(fileMistake({ name: 'a.pdf', size: MAX_BYTES + 1 })).toContain('The limit is 100 MB')
  expect(fileMistake({ name: 'a.pdf', size: 0 })).toBe('a.pdf is empty.')
  expect(fileMistake({ name: 'a.exe', size: 1 })).toContain('unsupported')
})

it('announces a name that the server accepts', () => {
  expect(announcedName('Agreement.pdf')).toBe('Agreement.pdf')
  expect(announcedName('Q3: report?.pdf')).toBe('Q3_ report_.pdf')
  expect(announcedName('invoice\u202Efdp.pdf')).toBe('invoicefdp.pdf')
  expect(announcedName('..\\..\\secret.pdf')).toBe('_.._secret.pdf')
  expect(announcedName('.pdf')).toBe('pdf')
  expect(announcedName('e\u0301tude.pdf')).toBe('étude.pdf')
  const long = announcedName(`${'😀'.repeat(300)}.pdf`)
  expect([...long]).toHaveLength(200)
  expect(long.endsWith('.pdf')).toBe(true)
})

it('previews displayable files once they are checked', () => {
  expect(isShown({ status: 'available', content_type: 'application/pdf' })).toBe(true)
  expect(isShown({ status: 'available', content_type: 'text/csv' })).toBe(false)
  expect(isShown({ status: 'quarantined', content_type: 'image/png' })).toBe(false)
})
